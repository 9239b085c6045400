package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kinesisspring.KinesisConfigurationException;

/**
 * All that a store holds. Rows of kinds that later versions add are not in it: their keys
 * begin with a new word and a colon.
 *
 * @param leases the leases
 * @param groups the worker groups
 * @param unreadable the rows of leases or groups that cannot be read: what is wrong with
 * each and what to do about it, by key
 * @since 0.1.0
 */
public record LeaseTable(List<Lease> leases, List<WorkerGroup> groups,
		Map<String, KinesisConfigurationException> unreadable) {

	public LeaseTable {
		leases = List.copyOf(leases);
		groups = List.copyOf(groups);
		unreadable = Map.copyOf(unreadable);
	}

	/**
	 * Create a table without unreadable rows.
	 * @param leases the leases
	 * @param groups the worker groups
	 */
	public LeaseTable(List<Lease> leases, List<WorkerGroup> groups) {
		this(leases, groups, Map.of());
	}

	/**
	 * The leases of a stream. A lease that cannot be read is represented as one that is
	 * not finished, so that no worker creates it again or reads its children.
	 */
	List<Lease> leasesOf(String stream) {
		List<Lease> found = new ArrayList<>(
				this.leases.stream().filter((lease) -> lease.stream().equals(stream)).toList());
		String prefix = Lease.key(stream, "");
		for (String key : this.unreadable.keySet()) {
			if (key.startsWith(prefix) && key.indexOf('_', prefix.length()) < 0) {
				found.add(Lease.initial(stream, key.substring(prefix.length()), Checkpoint.TRIM_HORIZON, Set.of()));
			}
		}
		return found;
	}

	/**
	 * Whether a worker group cannot be read. No key of a lease has a colon.
	 */
	boolean hasUnreadableGroup() {
		return this.unreadable.keySet().stream().anyMatch((key) -> key.indexOf(':') >= 0);
	}

}
