package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import io.kinesisspring.StreamIdentifier;

/**
 * The meters of a stream that templates send to. Thread-safe.
 */
final class SendMeters {

	private final Map<String, Timer> requests = new ConcurrentHashMap<>();

	private final Map<Kind, Counter> causes = new ConcurrentHashMap<>();

	private final Meters meters;

	private final Tags tags;

	private final Counter records;

	private final Counter entries;

	private final Counter misplaced;

	private final Counter bytes;

	private final Timer send;

	private final DistributionSummary batchRecords;

	private final DistributionSummary batchBytes;

	private volatile int limitedShards;

	SendMeters(Meters meters, String stream) {
		this.meters = meters;
		this.tags = Tags.of(KinesisTag.STREAM.asString(), nameOf(stream));
		this.records = meters.counter(KinesisMeter.PRODUCER_RECORDS, this.tags);
		this.entries = meters.counter(KinesisMeter.PRODUCER_ENTRIES, this.tags);
		this.misplaced = meters.counter(KinesisMeter.PRODUCER_MISPLACED, this.tags);
		this.bytes = meters.counter(KinesisMeter.PRODUCER_BYTES, this.tags);
		this.send = meters.timer(KinesisMeter.PRODUCER_SEND, this.tags);
		this.batchRecords = meters.summary(KinesisMeter.PRODUCER_BATCH_RECORDS, this.tags);
		this.batchBytes = meters.summary(KinesisMeter.PRODUCER_BATCH_BYTES, this.tags);
		TemplateMeters.failures().forEach((cause) -> count(KinesisMeter.PRODUCER_FAILURES, cause, 0));
		meters.gauge(KinesisMeter.PRODUCER_SHARDS_LIMITED, this.tags, this, (sends) -> sends.limitedShards);
	}

	private static String nameOf(String stream) {
		if (!stream.startsWith("arn:")) {
			return stream;
		}
		try {
			return StreamIdentifier.of(stream).name();
		}
		catch (IllegalArgumentException ex) {
			return stream;
		}
	}

	void recordRequest(int entries, long size) {
		this.batchRecords.record(entries);
		this.batchBytes.record(size);
	}

	void recordResponse(Duration duration, String outcome) {
		this.requests
			.computeIfAbsent(outcome,
					(unknown) -> this.meters.timer(KinesisMeter.PRODUCER_REQUEST,
							this.tags.and(KinesisTag.OUTCOME.asString(), unknown)))
			.record(duration);
	}

	void recordStored(int number, int stored, long size, Duration oldest) {
		this.records.increment(number);
		this.entries.increment(stored);
		this.bytes.increment(size);
		this.send.record(oldest);
	}

	void recordMisplaced(int number) {
		this.misplaced.increment(number);
	}

	void count(KinesisMeter meter, String cause, int number) {
		this.causes
			.computeIfAbsent(new Kind(meter, cause),
					(unknown) -> this.meters.counter(unknown.meter(),
							this.tags.and(KinesisTag.CAUSE.asString(), unknown.cause())))
			.increment(number);
	}

	void setLimitedShards(int shards) {
		this.limitedShards = shards;
	}

	private record Kind(KinesisMeter meter, String cause) {

	}

}
