package io.kinesisspring.boot.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.boot.fleet.FleetOracle.Report;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link FleetOracle}: it sees each fault.
 */
class FleetOracleTests {

	private final List<Sent> sent = new ArrayList<>();

	private final List<Processed> journal = new ArrayList<>();

	private final List<Disturbance> disturbances = new ArrayList<>();

	private final Map<String, Set<String>> parents = Map.of("child", Set.of("a"));

	@Test
	void acceptsAHandover() {
		send("a", 4);
		process("w1", 0, "a", 0, 1);
		process("w2", 0, "a", 2, 3);
		Report report = judge();
		assertThat(report.problems()).isEmpty();
		assertThat(report.duplicates()).isEmpty();
		assertThat(report.distinct()).isEqualTo(4);
	}

	@Test
	void acceptsAShardThatReturnsToItsOwner() {
		send("a", 6);
		process("w1", 0, "a", 0, 1);
		process("w2", 0, "a", 2, 3);
		process("w1", 0, "a", 4, 5);
		assertThat(judge().problems()).isEmpty();
	}

	@Test
	void detectsLostRecords() {
		send("a", 3);
		process("w1", 0, "a", 0, 1);
		assertThat(judge().problems()).singleElement().asString().startsWith("1 records of a lost");
	}

	@Test
	void detectsSkippedRecords() {
		send("a", 4);
		process("w1", 0, "a", 0);
		process("w2", 0, "a", 2, 3);
		assertThat(judge().problems().get(0)).startsWith("1 records skipped");
	}

	@Test
	void detectsRecordsThatNobodySent() {
		send("a", 1);
		process("w1", 0, "a", 0);
		this.journal.add(new Processed("w1", 0, "a", "77", "a", 1));
		assertThat(judge().problems()).singleElement().asString().startsWith("Nobody sent this");
	}

	@Test
	void detectsTheWrongOrderOfAKey() {
		this.sent.add(new Sent("key", 1, "a", SequenceNumber.of("1")));
		this.sent.add(new Sent("key", 0, "a", SequenceNumber.of("2")));
		this.journal.add(new Processed("w1", 0, "a", "1", "key", 1));
		this.journal.add(new Processed("w1", 0, "a", "2", "key", 0));
		assertThat(judge().problems().get(0)).startsWith("Out of its key's order");
	}

	@Test
	void detectsRepeatsWithoutAReason() {
		send("a", 3);
		process("w1", 0, "a", 0, 1);
		process("w2", 0, "a", 1, 2);
		assertThat(judge().problems()).singleElement().asString().startsWith("Processed again for no reason");
	}

	@Test
	void countsRepeatsForAReason() {
		send("a", 4);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.of("killed", "w1", 10_500));
		process("w2", 20_000, "a", 1, 2, 3);
		Report report = judge();
		assertThat(report.problems()).isEmpty();
		assertThat(report.duplicates()).isEqualTo(Map.of("killed", 2));
	}

	@Test
	void detectsRepeatsWhoseReasonIsOnAnotherWorker() {
		send("a", 3);
		process("w1", 10_000, "a", 0, 1);
		this.disturbances.add(Disturbance.of("killed", "w3", 10_500));
		process("w2", 20_000, "a", 1, 2);
		assertThat(judge().problems()).isNotEmpty();
	}

	@Test
	void detectsRepeatsOfWhatShouldHaveBeenCheckpointed() {
		send("a", 3);
		process("w1", 10_000, "a", 0, 1);
		this.disturbances.add(Disturbance.of("killed", "w1", 15_000));
		process("w2", 20_000, "a", 1, 2);
		assertThat(judge().problems()).isNotEmpty();
	}

	@Test
	void detectsAGapAfterARepeat() {
		send("a", 5);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.of("killed", "w1", 10_500));
		process("w2", 20_000, "a", 1, 4);
		assertThat(judge().problems().get(0)).startsWith("1 records skipped");
	}

	@Test
	void detectsTwoWorkersOnOneShard() {
		send("a", 6);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.of("cut off", "w1", 10_500));
		process("w2", 20_000, "a", 1);
		process("w1", 20_000, "a", 3);
		assertThat(judge().problems().get(0)).startsWith("Processed while the shard was in the hands of w2");
	}

	@Test
	void acceptsAShardThatReturnsAfterAFailureOfTheOtherWorker() {
		send("a", 8);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.ofAll("throttled", 10_500));
		process("w2", 20_000, "a", 3, 4, 5);
		process("w1", 30_000, "a", 3, 4, 5, 6, 7);
		Report report = judge();
		assertThat(report.problems()).isEmpty();
		assertThat(report.duplicates()).isEqualTo(Map.of("throttled", 3));
	}

	@Test
	void acceptsOneRecordRepeatedAfterAStop() {
		send("a", 6);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.ofTheProcess("stopped", "w1", 10_500).until(30_000));
		process("w2", 20_000, "a", 2, 3, 4);
		process("w1", 30_100, "a", 3);
		process("w2", 30_200, "a", 5);
		Report report = judge();
		assertThat(report.problems()).isEmpty();
		assertThat(report.duplicates()).isEqualTo(Map.of("stopped", 1, "stopped, finished late", 1));
	}

	@Test
	void detectsTwoRecordsRepeatedAfterAStop() {
		send("a", 6);
		process("w1", 10_000, "a", 0, 1, 2);
		this.disturbances.add(Disturbance.ofTheProcess("stopped", "w1", 10_500).until(30_000));
		process("w2", 20_000, "a", 2, 3, 4, 5);
		process("w1", 30_100, "a", 3, 4);
		assertThat(judge().problems()).singleElement().asString().startsWith("Processed while the shard");
	}

	@Test
	void detectsAChildThatStartsTooEarly() {
		send("a", 2);
		send("child", 1);
		process("w1", 0, "a", 0);
		process("w2", 0, "child", 0);
		process("w1", 0, "a", 1);
		assertThat(judge().problems()).singleElement().asString().startsWith("Begun before its parents were done");
	}

	private Report judge() {
		return FleetOracle.judge(this.journal, this.sent, this.parents, this.disturbances);
	}

	/**
	 * All records of a shard have one key, its name.
	 */
	private void send(String shardId, int count) {
		for (int i = 0; i < count; i++) {
			this.sent.add(new Sent(shardId, i, shardId, SequenceNumber.of(Integer.toString(100 + i))));
		}
	}

	private void process(String worker, long at, String shardId, int... numbers) {
		for (int number : numbers) {
			this.journal.add(new Processed(worker, at, shardId, Integer.toString(100 + number), shardId, number));
		}
	}

}
