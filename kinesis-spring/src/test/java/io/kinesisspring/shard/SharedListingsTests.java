package io.kinesisspring.shard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.ShardListing;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link SharedListings}.
 */
class SharedListingsTests {

	private static final StreamIdentifier ORDERS = StreamIdentifier.of("orders");

	private final List<CompletableFuture<ShardListing>> calls = new ArrayList<>();

	private final SettableClock clock = new SettableClock();

	private final SharedListings listings = new SharedListings((stream) -> {
		CompletableFuture<ShardListing> call = new CompletableFuture<>();
		this.calls.add(call);
		return call;
	}, this.clock);

	@Test
	void sharesARunningListing() {
		CompletableFuture<ShardListing> one = this.listings.list(ORDERS, 0);
		CompletableFuture<ShardListing> other = this.listings.list(ORDERS, 0);
		assertThat(this.calls).hasSize(1);
		ShardListing listing = complete(0);
		assertThat(one).isCompletedWithValue(listing);
		assertThat(other).isCompletedWithValue(listing);
	}

	@Test
	void sharesARecentListing() {
		this.listings.list(ORDERS, 0);
		ShardListing listing = complete(0);
		this.clock.advance(Duration.ofMillis(2_900));
		assertThat(this.listings.list(ORDERS, 0)).isCompletedWithValue(listing);
		this.clock.advance(Duration.ofMillis(200));
		assertThat(this.listings.list(ORDERS, 0)).isNotCompleted();
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void listsAgainForEventsAfterTheStartOfAListing() {
		this.listings.list(ORDERS, 0);
		long happened = this.listings.now();
		CompletableFuture<ShardListing> fresh = this.listings.list(ORDERS, happened);
		assertThat(this.calls).hasSize(2);
		ShardListing listing = complete(1);
		complete(0);
		assertThat(fresh).isCompletedWithValue(listing);
		assertThat(this.listings.list(ORDERS, happened)).isCompletedWithValue(listing);
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void doesNotShareOneStreamsListingWithAnother() {
		this.listings.list(ORDERS, 0);
		this.listings.list(StreamIdentifier.of("invoices"), 0);
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void doesNotKeepAFailure() {
		CompletableFuture<ShardListing> one = this.listings.list(ORDERS, 0);
		this.calls.get(0).completeExceptionally(new IllegalStateException("throttled"));
		assertThat(one).isCompletedExceptionally();
		this.listings.list(ORDERS, 0);
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void listsAgainWhenTheClockWasSetBack() {
		this.listings.list(ORDERS, 0);
		complete(0);
		this.clock.advance(Duration.ofHours(-1));
		assertThat(this.listings.list(ORDERS, 0)).isNotCompleted();
	}

	@Test
	void cancellingOneCallDoesNotCancelTheListingOfOthers() {
		CompletableFuture<ShardListing> cancelled = this.listings.list(ORDERS, 0);
		CompletableFuture<ShardListing> other = this.listings.list(ORDERS, 0);
		cancelled.cancel(true);
		ShardListing listing = complete(0);
		assertThat(other).isCompletedWithValue(listing);
	}

	private ShardListing complete(int call) {
		ShardListing listing = ShardListing.of("orders", Instant.EPOCH, List.of());
		this.calls.get(call).complete(listing);
		return listing;
	}

	/**
	 * A clock that goes where it is told to.
	 */
	private static final class SettableClock extends Clock {

		private Instant now = Instant.EPOCH;

		private void advance(Duration time) {
			this.now = this.now.plus(time);
		}

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
