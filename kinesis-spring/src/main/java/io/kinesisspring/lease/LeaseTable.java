package io.kinesisspring.lease;

import java.util.List;

/**
 * All that a store holds at one moment.
 *
 * @param leases the leases
 * @param workers the workers
 * @since 0.1.0
 */
public record LeaseTable(List<Lease> leases, List<Worker> workers) {

	public LeaseTable {
		leases = List.copyOf(leases);
		workers = List.copyOf(workers);
	}

}
