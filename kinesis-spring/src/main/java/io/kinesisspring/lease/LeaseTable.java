package io.kinesisspring.lease;

import java.util.List;

/**
 * All that a store holds.
 *
 * @param leases the leases
 * @param crews the workers
 * @since 0.1.0
 */
public record LeaseTable(List<Lease> leases, List<Crew> crews) {

	public LeaseTable {
		leases = List.copyOf(leases);
		crews = List.copyOf(crews);
	}

	List<Lease> leasesOf(String stream) {
		return this.leases.stream().filter((lease) -> lease.stream().equals(stream)).toList();
	}

}
