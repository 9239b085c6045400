package io.kinesisspring.boot.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link RecentLeases}.
 */
class RecentLeasesTests {

	private final AtomicLong time = new AtomicLong(-5);

	private final RecentLeases leases = new RecentLeases(this.time::get);

	private final KinesisListenerContainer container = mock(KinesisListenerContainer.class);

	@Test
	void readsTheTableOnceForAllCallsWithinASecond() {
		given(this.container.getId()).willReturn("orders");
		CompletableFuture<List<Lease>> slow = new CompletableFuture<>();
		given(this.container.getLeases()).willReturn(slow);
		this.leases.of(this.container).cancel(true);
		this.time.addAndGet(Duration.ofSeconds(5).toNanos());
		CompletableFuture<List<Lease>> second = this.leases.of(this.container);
		slow.complete(List.of());
		assertThat(second).isCompletedWithValue(List.of());
		verify(this.container).getLeases();
		this.leases.of(this.container);
		verify(this.container, times(2)).getLeases();
		this.time.addAndGet(Duration.ofMillis(999).toNanos());
		this.leases.of(this.container);
		verify(this.container, times(2)).getLeases();
		this.leases.forget(this.container);
		this.leases.of(this.container);
		verify(this.container, times(3)).getLeases();
	}

	@Test
	void readsTheTableAgainAfterAFailure() {
		given(this.container.getId()).willReturn("orders");
		given(this.container.getLeases()).willReturn(CompletableFuture.failedFuture(new IllegalStateException()));
		this.leases.of(this.container);
		this.leases.of(this.container);
		verify(this.container, times(2)).getLeases();
	}

}
