package io.kinesisspring.lease.dynamodb;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.StreamReader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a container delivers that takes over from the KCL.
 */
class LeaseImportEndToEndTests {

	private static final String STREAM = "orders";

	private static final TableSettings TABLE = TableSettings.named("app-" + STREAM);

	private static final String KCL_TABLE = "kcl";

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	@Test
	void startsAfterTheLastRecordOfTheKclAndReadsNothingBefore() {
		String first = fillThreeGenerations();
		Set<Integer> left = processHalfOfTheLast();
		migrate();
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(STREAM, listener);
		Awaitility.await()

			.untilAsserted(() -> assertThat(listener.distinctNumbers()).isEqualTo(left));
		container.stop();
		assertThat(listener.numbers()).hasSameSizeAs(left);
		assertThat(this.containers.leases(STREAM)).noneMatch((lease) -> lease.shardId().equals(first));
	}

	private static String fillThreeGenerations() {
		backEnds.createStream(STREAM, 1);
		String first = backEnds.openShards(STREAM).get(0).shardId();
		backEnds.put(STREAM, 0, 20);
		backEnds.split(STREAM, 0);
		backEnds.put(STREAM, 20, 60);
		backEnds.split(STREAM, 0);
		backEnds.split(STREAM, 2);
		backEnds.put(STREAM, 60, 120);
		backEnds.putAggregated(STREAM, 120, 140, (number) -> "key");
		assertThat(backEnds.openShards(STREAM)).hasSize(4);
		return first;
	}

	/**
	 * The KCL forgets a shard when all of its children have begun.
	 * @return what it has not processed
	 */
	private static Set<Integer> processHalfOfTheLast() {
		KclTables table = KclTables.create(backEnds.dynamoDb(), KCL_TABLE);
		Set<Integer> left = new TreeSet<>();
		for (Shard shard : backEnds.openShards(STREAM)) {
			List<Record> records = new StreamReader(backEnds.kinesis()).records(STREAM, shard.shardId());
			Record last = records.get(records.size() - 1);
			boolean aggregated = last.partitionKey().equals("key");
			Record done = aggregated ? last : records.get(records.size() / 2);
			if (aggregated) {
				left.addAll(List.of(135, 136, 137, 138, 139));
			}
			else {
				records.subList(records.indexOf(done) + 1, records.size())
					.forEach((record) -> left.add(Integer.parseInt(record.data().asUtf8String())));
			}
			table.put(shard.shardId(), new ExtendedSequenceNumber(done.sequenceNumber(), aggregated ? 14L : 0L),
					shard.parentShardId());
		}
		return left;
	}

	private static void migrate() {
		SimulatedEventLoop time = new SimulatedEventLoop(1);
		SimulatedScheduler scheduler = new SimulatedScheduler(time);
		CompletableFuture<Void> prepared = new DynamoDbLeaseStore(backEnds.dynamoDb(), "app", TABLE, TableObserver.NONE,
				List.of(new LeaseImport(KCL_TABLE, STREAM, null)), scheduler)
			.prepare();
		scheduler.awaitScheduled(prepared);
		time.advance(LeaseImporter.OBSERVATION_TIME);
		prepared.join();
	}

}
