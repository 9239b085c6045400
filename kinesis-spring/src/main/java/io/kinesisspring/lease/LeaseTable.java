package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kinesisspring.KinesisConfigurationException;

/**
 * All that a store holds. Rows of later kinds, which this version need not know, are not
 * in it: their keys have a colon in front of which there is a word that is new.
 *
 * @param leases the leases
 * @param groups the workers
 * @param unreadable the rows that should be leases or groups and cannot be read, by their
 * keys: what is wrong with each, and what to do about it
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
	 * A table of which everything could be read.
	 * @param leases the leases
	 * @param groups the workers
	 */
	public LeaseTable(List<Lease> leases, List<WorkerGroup> groups) {
		this(leases, groups, Map.of());
	}

	/**
	 * The leases of a stream. One that cannot be read stands among them as one that is
	 * not finished, so that nobody makes it anew and nothing that descends from it is
	 * begun.
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
	 * Whether workers may heartbeat in a row that cannot be read. No key of a lease has a
	 * colon.
	 */
	boolean hasUnreadableGroup() {
		return this.unreadable.keySet().stream().anyMatch((key) -> key.indexOf(':') >= 0);
	}

}
