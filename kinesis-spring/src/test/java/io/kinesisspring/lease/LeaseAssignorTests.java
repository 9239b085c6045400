package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseAssignor}.
 */
class LeaseAssignorTests {

	@Test
	void assignsAllLeasesToTheOnlyWorker() {
		assertThat(balance(leases(null, null, "gone"), Set.of("a")).quotaOf("orders", "a")).isEqualTo(3);
	}

	@Test
	void sharesEvenly() {
		LeaseAssignor leaseAssignor = balance(leases("a", "a", "a", "a"), Set.of("a", "b"));
		assertThat(leaseAssignor.quotaOf("orders", "a")).isEqualTo(2);
		assertThat(leaseAssignor.quotaOf("orders", "b")).isEqualTo(2);
	}

	@Test
	void leavesTheRemainderToTheWorkersThatHoldMost() {
		LeaseAssignor leaseAssignor = balance(leases("b", "b", "a"), Set.of("a", "b"));
		assertThat(leaseAssignor.quotaOf("orders", "b")).isEqualTo(2);
		assertThat(leaseAssignor.quotaOf("orders", "a")).isEqualTo(1);
	}

	@Test
	void assignsNothingToUnknownWorkers() {
		assertThat(balance(leases("a"), Set.of("a")).quotaOf("orders", "z")).isZero();
	}

	@Test
	void sharesOfWorkersDifferByAtMostOne() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int run = 0; run < 500; run++) {
			Set<String> workers = new TreeSet<>();
			int fleet = 1 + random.nextInt(20);
			for (int i = 0; i < fleet; i++) {
				workers.add("w" + i);
			}
			String[] owners = new String[random.nextInt(100)];
			for (int i = 0; i < owners.length; i++) {
				int owner = random.nextInt(fleet + 3);
				owners[i] = (owner < fleet + 2) ? "w" + owner : null;
			}
			LeaseAssignor leaseAssignor = balance(leases(owners), workers);
			List<Integer> quotas = workers.stream()
				.map((worker) -> leaseAssignor.quotaOf("orders", worker))
				.sorted()
				.toList();
			assertThat(quotas.stream().mapToInt(Integer::intValue).sum()).as("seed %s", seed).isEqualTo(owners.length);
			assertThat(quotas.get(quotas.size() - 1) - quotas.get(0)).as("seed %s", seed).isLessThanOrEqualTo(1);
		}
	}

	/**
	 * Each lease has one target, nobody gets more than the quota, and nothing moves that
	 * need not.
	 */
	@Test
	void movesNoMoreThanItMust() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int run = 0; run < 500; run++) {
			List<String> workers = IntStream.range(0, 1 + random.nextInt(12)).mapToObj((i) -> "w" + i).toList();
			String[] owners = new String[random.nextInt(100)];
			Arrays.setAll(owners, (i) -> (random.nextInt(4) > 0) ? "w" + random.nextInt(15) : null);
			List<Lease> leases = leases(owners);
			LeaseAssignor leaseAssignor = balance(leases, workers);
			Map<String, Long> targeted = leases.stream()
				.collect(Collectors.groupingBy((lease) -> String.valueOf(leaseAssignor.targetOf(lease)),
						Collectors.counting()));
			assertThat(workers).as("seed %s", seed)
				.allSatisfy((worker) -> assertThat(targeted.getOrDefault(worker, 0L))
					.isEqualTo(leaseAssignor.quotaOf("orders", worker)));
			long kept = leases.stream().filter((lease) -> leaseAssignor.targetOf(lease).equals(lease.owner())).count();
			long keepable = workers.stream()
				.mapToLong((worker) -> Math.min(leaseAssignor.quotaOf("orders", worker),
						leases.stream().filter((lease) -> worker.equals(lease.owner())).count()))
				.sum();
			assertThat(kept).as("seed %s", seed).isEqualTo(keepable);
		}
	}

	private static LeaseAssignor balance(List<Lease> leases, Collection<String> workers) {
		return new LeaseAssignor(Map.of("orders", leases), Map.of("orders", workers));
	}

	private static List<Lease> leases(@Nullable String... owners) {
		List<Lease> leases = new ArrayList<>();
		for (String owner : owners) {
			leases.add(new Lease("orders", "shardId-" + leases.size(), owner, 1, Checkpoint.TRIM_HORIZON, 0,
					new TreeSet<>()));
		}
		return leases;
	}

}
