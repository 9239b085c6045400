package io.kinesisspring.sample;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.producer.KinesisOperations;

/**
 * The buttons that work on any stream. They are off by default, as a stream costs money.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sample.controls")
class FlightControls {

	private static final int MOST_SHARDS = 16;

	private final KinesisAsyncClient client;

	private final String stream;

	FlightControls(@Qualifier("kinesisAsyncClient") KinesisAsyncClient client, SampleProperties properties) {
		this.client = client;
		this.stream = properties.stream();
	}

	@Bean
	@Order(1)
	LiveControl splitControl() {
		return control("split", "Split a shard",
				"Splits the widest shard in two. Order is kept from parent to children.", this::split);
	}

	@Bean
	@Order(2)
	LiveControl mergeControl() {
		return control("merge", "Merge two", "Merges the two narrowest neighbours into one shard.", this::merge);
	}

	@Bean
	@Order(5)
	LiveControl poisonControl(KinesisOperations kinesis, FlightData data) {
		return control("poison", "Poison a record",
				"Sends a record that is no flight. The listener cannot read it, and the flights after it go on.",
				() -> {
					String key = data.flights().get((int) (Math.random() * data.size())).origin();
					String shardId = kinesis.send(this.stream, key, "{ no flight".getBytes(StandardCharsets.UTF_8))
						.join()
						.shardId();
					return "Sent a record that is no JSON with the key %s to shard %s.".formatted(key,
							LiveShards.number(shardId));
				});
	}

	private String split() {
		List<Shard> open = open();
		if (open.size() >= MOST_SHARDS) {
			throw new IllegalStateException("The stream has %d shards, which is enough here.".formatted(MOST_SHARDS));
		}
		Shard widest = open.stream().max(Comparator.comparing(FlightControls::width)).orElseThrow();
		BigInteger middle = start(widest).add(width(widest).shiftRight(1));
		this.client
			.splitShard((split) -> split.streamName(this.stream)
				.shardToSplit(widest.shardId())
				.newStartingHashKey(middle.toString()))
			.join();
		return "Shard %s is split. Its children start when it is read to its end."
			.formatted(LiveShards.number(widest.shardId()));
	}

	private String merge() {
		List<Shard> open = open();
		int first = IntStream.range(0, open.size() - 1)
			.boxed()
			.min(Comparator.comparing((index) -> width(open.get(index)).add(width(open.get(index + 1)))))
			.orElseThrow(() -> new IllegalStateException("The stream has one shard only."));
		Shard left = open.get(first);
		Shard right = open.get(first + 1);
		this.client
			.mergeShards((merge) -> merge.streamName(this.stream)
				.shardToMerge(left.shardId())
				.adjacentShardToMerge(right.shardId()))
			.join();
		return "Shards %s and %s are merged. Their child starts when both are read to their ends."
			.formatted(LiveShards.number(left.shardId()), LiveShards.number(right.shardId()));
	}

	/**
	 * The shards that accept records, in the order of their keys.
	 */
	private List<Shard> open() {
		return this.client.listShards((list) -> list.streamName(this.stream))
			.join()
			.shards()
			.stream()
			.filter((shard) -> shard.sequenceNumberRange().endingSequenceNumber() == null)
			.sorted(Comparator.comparing(FlightControls::start))
			.toList();
	}

	private static BigInteger start(Shard shard) {
		return new BigInteger(shard.hashKeyRange().startingHashKey());
	}

	private static BigInteger width(Shard shard) {
		return new BigInteger(shard.hashKeyRange().endingHashKey()).subtract(start(shard)).add(BigInteger.ONE);
	}

	private static LiveControl control(String name, String label, String description, Supplier<String> action) {
		return new SimpleControl(name, label, description, action);
	}

	/**
	 * A control that reports what the service refuses.
	 *
	 * @param name its name
	 * @param label its text
	 * @param description what it does
	 * @param action does it
	 */
	private record SimpleControl(String name, String label, String description,
			Supplier<String> action) implements LiveControl {

		@Override
		public String apply() {
			try {
				return this.action.get();
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof AwsServiceException refusal) {
					throw new IllegalStateException(refusal.awsErrorDetails().errorMessage(), refusal);
				}
				throw ex;
			}
		}

	}

}
