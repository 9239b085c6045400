package io.kinesisspring.producer;

import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.scheduling.Uninterruptibles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of sending many records together.
 */
@Timeout(180)
class SendAllTests {

	private static KinesisTemplate template(CountDownLatch requested, SendInterceptor interceptor) {
		return new KinesisTemplate(new SendContext((request) -> {
			requested.countDown();
			return CompletableFuture.completedFuture(PutRecordsResponse.builder()
				.records(request.records()
					.stream()
					.map((entry) -> PutRecordsResultEntry.builder().shardId("0").sequenceNumber("1").build())
					.toList())
				.build());
		}, Scheduler.system().newLoop("test-loop-"), new TemplateExecutor()), new SimpleRecordConverter(),
				ProducerOptions.builder().deliveryTimeout(Duration.ofSeconds(30)).build(), List.of(interceptor),
				KinesisObservations.NONE);
	}

	/**
	 * The last record is not prepared until the first ones have been sent.
	 */
	@Test
	void sendsRecordsWhileOthersAreStillPrepared() throws Exception {
		CountDownLatch requested = new CountDownLatch(1);
		List<Boolean> sentBefore = new ArrayList<>();
		try (KinesisTemplate template = template(requested, new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				if (record.payload().equals("1999")) {
					sentBefore.add(Uninterruptibles.awaitUninterruptibly(requested, Duration.ofSeconds(10)));
				}
				return record;
			}

		})) {
			List<String> payloads = IntStream.range(0, 2000).mapToObj(Integer::toString).toList();
			assertThat(template.sendAll("s", payloads).get(60, TimeUnit.SECONDS).allSucceeded()).isTrue();
		}
		assertThat(sentBefore).containsExactly(true);
	}

	/**
	 * Preparing takes its time: a record does not wait until a request is full.
	 */
	@Test
	void sendsFewRecordsWhileOthersArePreparedSlowly() throws Exception {
		CountDownLatch requested = new CountDownLatch(1);
		List<Boolean> sentBefore = new ArrayList<>();
		try (KinesisTemplate template = template(requested, new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				boolean last = record.payload().equals("9");
				boolean sent = Uninterruptibles.awaitUninterruptibly(requested,
						last ? Duration.ofSeconds(10) : Duration.ofMillis(6));
				if (last) {
					sentBefore.add(sent);
				}
				return record;
			}

		})) {
			List<String> payloads = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
			assertThat(template.sendAll("s", payloads).get(60, TimeUnit.SECONDS).allSucceeded()).isTrue();
		}
		assertThat(sentBefore).containsExactly(true);
	}

	@Test
	void sendsNothingIfTheCollectionItselfFails() {
		SendTestSupport test = new SendTestSupport();
		List<String> broken = new AbstractList<>() {

			@Override
			public String get(int index) {
				if (index == 7) {
					throw new IllegalStateException("injected");
				}
				return "x";
			}

			@Override
			public int size() {
				return 10;
			}

		};
		assertThatIllegalStateException().isThrownBy(() -> test.template.sendAll("s", broken));
		test.loop.advance(Duration.ofSeconds(1));
		assertThat(test.service.requests()).isEmpty();
		assertThat(test.template.inFlight()).isZero();
	}

}
