package io.kinesisspring.shard;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;

/**
 * Lists the shards of streams, page by page. Thread-safe.
 */
final class ShardPages {

	/**
	 * How far this host's clock may be ahead of the service's, if the service does not
	 * send its time.
	 */
	private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

	private final KinesisAsyncClient client;

	private final Clock clock;

	ShardPages(KinesisAsyncClient client, Clock clock) {
		this.client = client;
		this.clock = clock;
	}

	/**
	 * List all shards of a stream that the service still knows. A stream always has
	 * shards, so that a listing without any is a failed call.
	 * @param stream the stream
	 * @return the shards
	 */
	CompletableFuture<ShardListing> list(StreamIdentifier stream) {
		return pages(stream).thenApply((pages) -> {
			if (pages.shards.isEmpty()) {
				throw new IncompleteResponseException("ListShards", location(stream), "any shards");
			}
			return ShardListing.of(stream.name(), pages.asOf, pages.shards.stream().map(ShardPages::describe).toList());
		});
	}

	/**
	 * The sequence number at which a shard was closed. No record may have it.
	 * @return completes with an empty value for a shard that is open or not listed
	 */
	CompletableFuture<Optional<SequenceNumber>> endOf(StreamIdentifier stream, String shardId) {
		return pages(stream).thenApply((pages) -> pages.shards.stream()
			.filter((shard) -> shard.shardId().equals(shardId))
			.map((shard) -> shard.sequenceNumberRange().endingSequenceNumber())
			.filter(Objects::nonNull)
			.map(SequenceNumber::of)
			.findFirst());
	}

	private CompletableFuture<Pages> pages(StreamIdentifier stream) {
		ListShardsRequest.Builder request = ListShardsRequest.builder();
		if (stream.isArn()) {
			request.streamARN(stream.value());
		}
		else {
			request.streamName(stream.name());
		}
		return this.client.listShards(request.build())
			.thenCompose((page) -> collect(stream, new Pages(asOf(page), new ArrayList<>()), page));
	}

	private CompletableFuture<Pages> collect(StreamIdentifier stream, Pages pages, ListShardsResponse page) {
		if (!page.hasShards()) {
			throw new IncompleteResponseException("ListShards", location(stream), "'Shards'");
		}
		page.shards().forEach((shard) -> pages.shards.add(requireFields(shard, stream)));
		if (page.nextToken() == null) {
			return CompletableFuture.completedFuture(pages);
		}
		// The service rejects a token together with the stream's name
		ListShardsRequest next = ListShardsRequest.builder().nextToken(page.nextToken()).build();
		return this.client.listShards(next).thenCompose((following) -> collect(stream, pages, following));
	}

	private static Shard requireFields(Shard shard, StreamIdentifier stream) {
		required(shard, "ListShards", stream, "Shard");
		required(shard.shardId(), "ListShards", stream, "ShardId");
		required(shard.sequenceNumberRange(), "ListShards", stream, "SequenceNumberRange");
		return shard;
	}

	private static <T> T required(@Nullable T value, String action, StreamIdentifier stream, String field) {
		return IncompleteResponseException.required(value, action, location(stream), field);
	}

	private static String location(StreamIdentifier stream) {
		return "stream '" + stream.name() + "'";
	}

	private static ShardDescription describe(Shard shard) {
		Set<String> parents = new LinkedHashSet<>();
		if (shard.parentShardId() != null) {
			parents.add(shard.parentShardId());
		}
		if (shard.adjacentParentShardId() != null) {
			parents.add(shard.adjacentParentShardId());
		}
		return new ShardDescription(shard.shardId(), parents,
				shard.sequenceNumberRange().endingSequenceNumber() != null,
				start(shard.sequenceNumberRange().startingSequenceNumber()), AggregateKeys.rangeOf(shard));
	}

	/**
	 * The starting sequence number of a shard. Some servers return zero if they do not
	 * know it.
	 */
	private static @Nullable SequenceNumber start(@Nullable String digits) {
		if (digits == null || digits.isEmpty() || !digits.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		return digits.chars().allMatch((c) -> c == '0') ? null : SequenceNumber.of(digits);
	}

	/**
	 * The service's time, from the header of the response. Without it, a moment that is
	 * certainly not later: reading some records twice is better than losing some.
	 */
	private Instant asOf(ListShardsResponse response) {
		return Optional.ofNullable(response.sdkHttpResponse())
			.flatMap((http) -> http.firstMatchingHeader("Date"))
			.map(ShardPages::parse)
			.orElseGet(() -> this.clock.instant().minus(CLOCK_SKEW).truncatedTo(ChronoUnit.SECONDS));
	}

	/**
	 * A moment of the service that is certainly later than a listing.
	 * @param asOf when the listing was made, rounded down, or much earlier if the service
	 * did not send its time
	 */
	Instant after(Instant asOf) {
		return this.clock.instant().minus(CLOCK_SKEW).plusSeconds(1).isAfter(asOf)
				? asOf.plus(CLOCK_SKEW.multipliedBy(2)) : asOf.plusSeconds(1);
	}

	private static @Nullable Instant parse(String date) {
		try {
			return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	/**
	 * The pages of one listing together.
	 *
	 * @param asOf the service's time at the first page
	 * @param shards the shards
	 */
	private record Pages(Instant asOf, List<Shard> shards) {

	}

}
