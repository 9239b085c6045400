package io.kinesisspring.producer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisSendContext;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.testing.RecordedObservations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ObservedSends}.
 */
class ObservedSendsTests {

	private final RecordedObservations recorded = new RecordedObservations();

	private final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	private final ScriptedService service = new ScriptedService(this.loop);

	@Test
	void observesFromTheCallToTheOutcomeAndEndsBeforeTheFutureCompletes() {
		CompletableFuture<SendResult> sent = template(ProducerOptions.defaults()).send("orders", "key", "x");
		assertThat(this.recorded.steps()).containsExactly("start kinesis.send", "open", "close");
		List<String> whenTheSenderLearns = new ArrayList<>();
		sent.thenRun(() -> whenTheSenderLearns.addAll(this.recorded.steps()));
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
		assertThat(whenTheSenderLearns).endsWith("stop");
		Observation.Context context = this.recorded.ended().get(0);
		assertThat(context.getName()).isEqualTo("kinesis.send");
		assertThat(context.getLowCardinalityKeyValues().stream().map(ObservedSendsTests::text))
			.containsExactlyInAnyOrder("messaging.system.name=aws.kinesis", "messaging.operation.name=send",
					"messaging.operation.type=send", "messaging.destination.name=orders");
		assertThat(context.getHighCardinalityKeyValues().stream().map(ObservedSendsTests::text))
			.containsExactlyInAnyOrder("kinesis.partition_key=key",
					"messaging.destination.partition.id=shardId-000000000000",
					"messaging.message.id=" + sent.join().sequenceNumber(), "kinesis.send_attempts=1",
					"aws.kinesis.stream_name=orders");
	}

	@Test
	void recordsTheFailureOfASendAndKeepsItsException() {
		this.service.always(Behaviour.fails(ScriptedService.exception("AccessDeniedException", 400)));
		CompletableFuture<SendResult> sent = template(ProducerOptions.defaults())
			.send("arn:aws:kinesis:eu-west-1:000000000000:stream/orders", "x");
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
		SendFailedException failure = SendTestSupport.failureOf(sent);
		assertThat(this.recorded.ended()).singleElement().satisfies((context) -> {
			assertThat(context.getError()).isSameAs(failure);
			assertThat(context.getContextualName()).isEqualTo("send orders");
			assertThat(context.getHighCardinalityKeyValues().stream().map(ObservedSendsTests::text))
				.containsExactly("aws.kinesis.stream_name=orders", "error.type=" + SendFailedException.class.getName());
		});
	}

	@Test
	void observesEachRecordOfMany() {
		CompletableFuture<SendAllResult> sent = template(ProducerOptions.defaults()).sendAll("orders",
				List.of("a", new Object(), "b"));
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
		assertThat(sent.join().failures()).hasSize(1);
		assertThat(this.recorded.ended()).hasSize(3).filteredOn((context) -> context.getError() != null).hasSize(1);
	}

	@Test
	void doesNotObserveAnInvalidRecord() {
		KinesisTemplate template = template(ProducerOptions.defaults());
		assertThatIllegalStateException().isThrownBy(() -> template.send("x"));
		assertThat(this.recorded.steps()).isEmpty();
	}

	@Test
	void propagatesATraceIfHeadersAreSent() {
		this.recorded.registry().observationConfig().observationHandler(new Tracing());
		ProducerOptions envelope = ProducerOptions.builder().headerMode(HeaderMode.ENVELOPE).build();
		template(envelope).send(ProducerRecord.of("orders", "x").withHeader("tenant", "a"));
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
		KinesisRecord<byte[]> record = HeaderEnvelope.open(new KinesisRecord<>("orders", "shard", "key",
				SequenceNumber.of("1"), 0, Instant.EPOCH, this.service.stored().get(0).data().asByteArray()));
		assertThat(record.headers()).isEqualTo(Map.of("tenant", "a", "traceparent", "the-trace"));
	}

	@Test
	void doesNotPropagateATraceIfHeadersAreNotSent() {
		this.recorded.registry().observationConfig().observationHandler(new Tracing());
		template(ProducerOptions.defaults()).send("orders", "x");
		this.loop.advance(ScriptedService.ROUND_TRIP.plusMillis(1));
		assertThat(this.service.storedTexts()).containsExactly("x");
	}

	private static String text(KeyValue value) {
		return value.getKey() + "=" + value.getValue();
	}

	private KinesisTemplate template(ProducerOptions options) {
		return new KinesisTemplate(new SendContext(this.service, this.loop, Runnable::run), new SimpleRecordConverter(),
				options, List.of(), new KinesisObservations(this.recorded.registry(), null, null, null));
	}

	/**
	 * Does what a tracer's handler does.
	 */
	private static final class Tracing implements ObservationHandler<KinesisSendContext> {

		@Override
		public void onStart(KinesisSendContext context) {
			context.getSetter().set(context.getCarrier(), "traceparent", "the-trace");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof KinesisSendContext;
		}

	}

}
