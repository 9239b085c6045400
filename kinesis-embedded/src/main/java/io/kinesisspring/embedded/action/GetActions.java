package io.kinesisspring.embedded.action;

import java.util.Map;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.ReadBatch;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.ShardIterator;
import io.kinesisspring.embedded.store.StoredRecord;

/**
 * Reading records.
 */
final class GetActions {

	private static final int MAX_RECORDS = 10_000;

	private static final long MAX_ANSWER = 10 << 20;

	private GetActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("GetShardIterator", GetActions::getShardIterator);
		actions.put("GetRecords", GetActions::getRecords);
	}

	private static ActionResponse getShardIterator(Arguments arguments) {
		String shardId = arguments.required("ShardId");
		StartingPosition start = StartingPosition.read(arguments.input(), "ShardIteratorType", "shardIteratorType",
				"StartingSequenceNumber");
		DataStream stream = arguments.readyStream();
		arguments.admitDryRun(stream);
		Shard shard = stream.shard(shardId);
		long position = start.in(stream, shard);
		arguments.endDryRun();
		String iterator = iterator(stream, shard, position);
		return new ActionResponse.Body((output) -> output.member("ShardIterator", iterator));
	}

	private static ActionResponse getRecords(Arguments arguments) {
		String encoded = arguments.required("ShardIterator");
		long limit = arguments.number("Limit", MAX_RECORDS);
		new Validation().length("shardIterator", encoded, 1, 512).range("limit", limit, 1, MAX_RECORDS).check();
		Account account = arguments.account();
		ShardIterator iterator = ShardIterator.decode(encoded);
		DataStream stream = arguments.ready(account.stream(iterator.stream()));
		if (stream.createdAt() != iterator.streamCreated()) {
			throw Errors.notFound("The stream of this iterator was deleted.");
		}
		arguments.admitDryRun(stream);
		requireFresh(account, iterator);
		Shard shard = stream.shard(iterator.shard());
		arguments.endDryRun();
		long now = account.now();
		if (!shard.limiter().admitRead(stream.limits(), now)) {
			throw Errors.throughputExceeded("Rate exceeded for shard " + shard.id() + " in stream " + stream.name()
					+ " under account " + account.id() + ".");
		}
		ReadBatch batch = shard.read(iterator.position(), (int) limit, MAX_ANSWER, stream.horizon(), now);
		shard.limiter().read(stream.limits(), batch.records().stream().mapToLong(StoredRecord::size).sum());
		return new ActionResponse.Body((output) -> writeBatch(output, stream, shard, batch));
	}

	private static void writeBatch(Output output, DataStream stream, Shard shard, ReadBatch batch) {
		writeRecords(output, stream, shard, batch);
		if (batch.endOfShard()) {
			ShardShape.writeChildren(output, stream, shard);
		}
		else {
			output.member("NextShardIterator", iterator(stream, shard, batch.nextPosition()));
		}
		output.member("MillisBehindLatest", batch.millisBehindLatest());
	}

	static void writeRecords(Output output, DataStream stream, Shard shard, ReadBatch batch) {
		boolean encrypted = stream.settings().keyId() != null;
		output.startList("Records");
		for (StoredRecord stored : batch.records()) {
			output.startObject()
				.member("SequenceNumber", shard.sequenceNumber(stored).toString())
				.timestamp("ApproximateArrivalTimestamp", stored.arrivedAt())
				.member("Data", stored.data());
			if (stored.partitionKey() != null) {
				output.member("PartitionKey", stored.partitionKey());
			}
			if (encrypted) {
				output.member("EncryptionType", "KMS");
			}
			output.endObject();
		}
		output.endList();
	}

	private static String iterator(DataStream stream, Shard shard, long position) {
		return new ShardIterator(stream.name(), stream.createdAt(), shard.id(), position, stream.account().now())
			.encode();
	}

	private static void requireFresh(Account account, ShardIterator iterator) {
		long lifetime = account.iteratorLifetime().toMillis();
		long now = account.now();
		if (now - iterator.issuedAt() > lifetime) {
			throw Errors.expiredIterator("Iterator expired. The iterator was created at time " + iterator.issuedAt()
					+ " while right now it is " + now + " which is further in the future than the tolerated delay of "
					+ lifetime + " milliseconds.");
		}
	}

}
