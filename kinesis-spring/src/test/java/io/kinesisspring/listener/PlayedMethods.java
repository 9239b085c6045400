package io.kinesisspring.listener;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.messaging.Message;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.listener.ListenerScenario.Fate;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;

/**
 * What the application of a {@link SimulatedListener} does: a listener method with its
 * converter, validator, filter, interceptor and recoverer. They fail at records that are
 * fated to, and now and then at others, and the method acknowledges in any way there is.
 */
final class PlayedMethods {

	private final SimulatedListener played;

	private final SimulatedListener.Worker worker;

	private final ListenerOracle oracle;

	private final Random random;

	private final Map<String, Integer> failed = new HashMap<>();

	private final Map<String, KinesisRecord<byte[]>> converted = new HashMap<>();

	PlayedMethods(SimulatedListener played, SimulatedListener.Worker worker) {
		this.played = played;
		this.worker = worker;
		this.oracle = played.oracle;
		this.random = played.random;
	}

	RecordsListener listener() {
		String name = this.played.scenario.form().name().toLowerCase(java.util.Locale.ROOT);
		Method method = Arrays.stream(Listeners.class.getMethods())
			.filter((candidate) -> candidate.getName().equals("on" + name))
			.findFirst()
			.orElseThrow();
		return new MethodRecordsListener(new Listeners(this), method,
				new ListenerMethodFactory(new DefaultListableBeanFactory(), new Rules()), new Converter());
	}

	/**
	 * Whether something goes wrong at a record because of its fate.
	 * @param times how often at the most
	 */
	private boolean isFated(String place, Fate fate, int times) {
		if (this.played.isCalm() || this.played.scenario.fate(place) != fate
				|| this.failed.getOrDefault(place, 0) >= times) {
			return false;
		}
		this.failed.merge(place, 1, Integer::sum);
		this.oracle.failedItself(place);
		return true;
	}

	boolean accepts(KinesisRecord<byte[]> record) {
		String place = ListenerOracle.place(record);
		return isLeftToInterceptor(place) || isWanted(record, place);
	}

	private static boolean isLeftToInterceptor(String place) {
		return place.hashCode() % 2 == 0;
	}

	private boolean isWanted(KinesisRecord<byte[]> record, String place) {
		if (isFated(place, Fate.UNDECIDABLE, 2)) {
			SimulatedListener.throwAny(this.random);
		}
		if (this.played.scenario.fate(place) == Fate.REFUSED) {
			this.oracle.finished(record.shardId(), this.oracle.session(record.shardId()), place);
			return false;
		}
		return true;
	}

	RecordInterceptor interceptor() {
		return new RecordInterceptor() {

			@Override
			public @Nullable KinesisRecord<byte[]> intercept(KinesisRecord<byte[]> record) {
				String place = ListenerOracle.place(record);
				if (isLeftToInterceptor(place) && !isWanted(record, place)) {
					return null;
				}
				return PlayedMethods.this.random.nextBoolean() ? record : record.withHeaders(record.headers());
			}

			@Override
			public void before(List<KinesisRecord<byte[]>> records) {
				if (!PlayedMethods.this.played.isCalm() && PlayedMethods.this.played.chance(0.03)) {
					if (records.size() == 1) {
						PlayedMethods.this.oracle.failedItself(ListenerOracle.place(records.get(0)));
					}
					SimulatedListener.throwAny(PlayedMethods.this.random);
				}
			}

			@Override
			public void success(List<KinesisRecord<byte[]>> records) {
				fail();
			}

			@Override
			public void failure(List<KinesisRecord<byte[]>> records, Throwable exception) {
				fail();
			}

			private void fail() {
				if (PlayedMethods.this.played.isHostile()) {
					SimulatedListener.throwAny(PlayedMethods.this.random);
				}
			}

		};
	}

	@Nullable CompletionStage<?> recover(DeliveryFailure failure) {
		String shard = failure.record().shardId();
		String place = ListenerOracle.place(failure.record());
		ListenerOracle.Session session = this.oracle.session(shard);
		if (!this.played.isCalm() && this.played.chance(0.2)) {
			this.oracle.recovererFailed(place);
			SimulatedListener.throwAny(this.random);
		}
		if (this.random.nextBoolean()) {
			this.oracle.finished(shard, session, place);
			return null;
		}
		CompletableFuture<Void> taken = new CompletableFuture<>();
		boolean fails = !this.played.isCalm() && this.played.chance(0.2);
		this.worker.executor.schedule(Duration.ofMillis(this.random.nextInt(500)), () -> {
			if (fails) {
				this.oracle.recovererFailed(place);
				taken.completeExceptionally(new IllegalStateException("full"));
				return;
			}
			this.oracle.finished(shard, session, place);
			taken.complete(null);
		});
		return taken;
	}

	/**
	 * The listener is called with records of a shard.
	 */
	private @Nullable CompletableFuture<Void> take(List<String> places, Acknowledgment acknowledgment) {
		Call call = new Call(places, acknowledgment);
		this.oracle.begun(this.worker.id, call.shard, places);
		if (this.random.nextInt(3) > 0) {
			call.end();
			return null;
		}
		CompletableFuture<Void> later = new CompletableFuture<>();
		this.worker.executor.schedule(Duration.ofMillis(this.random.nextInt(200)), () -> {
			try {
				call.end();
				later.complete(null);
			}
			catch (Throwable ex) {
				later.completeExceptionally(ex);
			}
		});
		return later;
	}

	/**
	 * One call of the method.
	 */
	private final class Call {

		private final List<String> places;

		private final Acknowledgment acknowledgment;

		private final Map<String, KinesisRecord<byte[]>> records = new HashMap<>();

		private final String shard;

		private final ListenerOracle.Session session;

		private final int epoch;

		private Call(List<String> places, Acknowledgment acknowledgment) {
			this.places = places;
			this.acknowledgment = acknowledgment;
			places.forEach((place) -> this.records.put(place, PlayedMethods.this.converted.get(place)));
			this.shard = this.records.get(places.get(0)).shardId();
			this.session = PlayedMethods.this.oracle.session(this.shard);
			this.epoch = PlayedMethods.this.oracle.shard(this.shard).epoch();
		}

		/**
		 * Go through the records until one fails.
		 */
		private void end() {
			ListenerOracle oracle = PlayedMethods.this.oracle;
			oracle.ended(this.session, this.places);
			for (int i = 0; i < this.places.size(); i++) {
				RuntimeException ex = failure(this.places.get(i));
				if (ex != null) {
					fail(i, ex);
				}
			}
			if (!PlayedMethods.this.played.isCalm() && PlayedMethods.this.played.chance(0.02)) {
				if (this.places.size() == 1) {
					oracle.failedItself(this.places.get(0));
				}
				SimulatedListener.throwAny(PlayedMethods.this.random);
			}
			if (PlayedMethods.this.played.scenario.isManual() && !PlayedMethods.this.played.isCalm()
					&& PlayedMethods.this.played.chance(0.05)) {
				nack();
				return;
			}
			oracle.passed(this.shard, this.session, this.places);
			acknowledge(this.places);
		}

		/**
		 * Ask for some of the records again, in a moment. One of those may be
		 * acknowledged already.
		 */
		private void nack() {
			Random random = PlayedMethods.this.random;
			int index = random.nextInt(this.places.size());
			PlayedMethods.this.oracle.passed(this.shard, this.session, this.places.subList(0, index));
			if (random.nextInt(3) == 0) {
				only(this.places.get(random.nextInt(this.places.size())));
			}
			if (index > 0) {
				PlayedMethods.this.oracle.acknowledged(this.shard, this.session, this.epoch,
						this.places.subList(0, index));
			}
			this.acknowledgment.nack(index, Duration.ofMillis(random.nextInt(2_000)));
		}

		private @Nullable RuntimeException failure(String place) {
			if (isFated(place, Fate.TRANSIENT, 2) || isFated(place, Fate.POISON, Integer.MAX_VALUE)) {
				return new IllegalStateException("not " + place);
			}
			return isFated(place, Fate.HOPELESS, Integer.MAX_VALUE) ? new Hopeless() : null;
		}

		private void fail(int index, RuntimeException ex) {
			Random random = PlayedMethods.this.random;
			boolean manual = PlayedMethods.this.played.scenario.isManual();
			boolean named = PlayedMethods.this.played.scenario.form().isBatch() && random.nextBoolean();
			List<String> before = this.places.subList(0, index);
			if (named) {
				PlayedMethods.this.oracle.passed(this.shard, this.session, before);
				acknowledge(before);
				throw new BatchFailedException(index, ex);
			}
			if (manual && index > 0 && random.nextBoolean()) {
				before.forEach(this::only);
			}
			else if (manual && random.nextInt(10) == 0) {
				upTo(index);
			}
			throw ex;
		}

		/**
		 * Acknowledge records in any way, at once or later.
		 */
		private void acknowledge(List<String> done) {
			if (!PlayedMethods.this.played.scenario.isManual() || done.isEmpty()) {
				return;
			}
			Random random = PlayedMethods.this.random;
			int last = done.size() - 1;
			Runnable all = (done.size() == this.places.size()) ? () -> upTo(Integer.MAX_VALUE) : () -> upTo(last);
			switch (random.nextInt(7)) {
				case 0 -> all.run();
				case 1 -> later(random.nextInt(3_000), all);
				case 2 -> {
					for (int i = 0; i <= last; i++) {
						upTo(i);
					}
				}
				case 3 -> {
					List<String> shuffled = new ArrayList<>(done);
					Collections.shuffle(shuffled, random);
					shuffled.forEach((place) -> later(random.nextInt(2_000), () -> only(place)));
				}
				case 4 -> {
					upTo(last / 2);
					later(random.nextInt(5_000), all);
				}
				case 5 -> later(20_000 + random.nextInt(20_000), all);
				default -> {
					beyond();
					later(random.nextInt(1_000), () -> {
						this.acknowledgment.nack(Duration.ZERO);
						all.run();
					});
				}
			}
		}

		private void later(int millis, Runnable acknowledge) {
			PlayedMethods.this.worker.executor.schedule(Duration.ofMillis(millis), acknowledge);
		}

		private void upTo(int index) {
			int end = Math.min(index, this.places.size() - 1);
			PlayedMethods.this.oracle.acknowledged(this.shard, this.session, this.epoch,
					this.places.subList(0, end + 1));
			if (index == Integer.MAX_VALUE) {
				this.acknowledgment.acknowledge();
			}
			else {
				this.acknowledgment.acknowledgeUpTo(this.records.get(this.places.get(end)));
			}
		}

		private void only(String place) {
			if (this.epoch == PlayedMethods.this.oracle.shard(this.shard).epoch()) {
				PlayedMethods.this.oracle.finished(this.shard, this.session, place);
			}
			this.acknowledgment.acknowledgeOnly(this.records.get(place));
		}

		/**
		 * Try to acknowledge a record that it did not get.
		 */
		private void beyond() {
			KinesisRecord<byte[]> other = PlayedMethods.this.played.anyRecordOf(this.shard);
			KinesisRecord<byte[]> last = this.records.get(this.places.get(this.places.size() - 1));
			if (other != null && CoveringAcknowledgment.compare(other, last) > 0) {
				this.acknowledgment.acknowledgeOnly(other);
			}
		}

	}

	/**
	 * Converts what it can.
	 */
	private final class Converter implements RecordConverter {

		@Override
		public Object fromBytes(byte[] data, Type targetType) {
			KinesisRecord<byte[]> record = PlayedMethods.this.played.recordOf(data);
			String place = ListenerOracle.place(record);
			if (isFated(place, Fate.UNREADABLE, Integer.MAX_VALUE) || isFated(place, Fate.UNREADABLE_AT_FIRST, 1)) {
				if (PlayedMethods.this.random.nextInt(5) == 0) {
					throw new StackOverflowError();
				}
				throw new RecordConversionException("cannot be read", null);
			}
			PlayedMethods.this.converted.put(place, record);
			return new Order(place);
		}

		@Override
		public byte[] toBytes(Object payload) {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * Refuses what is fated to be invalid.
	 */
	private final class Rules implements Validator {

		@Override
		public boolean supports(Class<?> type) {
			return type == Order.class;
		}

		@Override
		public void validate(Object target, Errors errors) {
			if (isFated(((Order) target).place(), Fate.INVALID, Integer.MAX_VALUE)) {
				errors.reject("Place");
			}
		}

	}

	/**
	 * Is not tried again.
	 */
	private static final class Hopeless extends RuntimeException implements NotRetryable {

		private static final long serialVersionUID = 1L;

	}

	/**
	 * What is listened to.
	 *
	 * @param place where its record stands
	 */
	public record Order(String place) {

	}

	/**
	 * A method for each form.
	 */
	public static final class Listeners {

		private final PlayedMethods methods;

		private Listeners(PlayedMethods methods) {
			this.methods = methods;
		}

		public @Nullable CompletableFuture<Void> onorder(@Validated Order order, Acknowledgment acknowledgment) {
			return this.methods.take(List.of(order.place()), acknowledgment);
		}

		public @Nullable CompletableFuture<Void> onrecord(@Validated KinesisRecord<Order> record,
				Acknowledgment acknowledgment) {
			return this.methods.take(List.of(record.payload().place()), acknowledgment);
		}

		public @Nullable CompletableFuture<Void> onmessage(@Validated Message<Order> message,
				Acknowledgment acknowledgment) {
			return this.methods.take(List.of(message.getPayload().place()), acknowledgment);
		}

		public @Nullable CompletableFuture<Void> onorders(@Validated List<Order> orders,
				Acknowledgment acknowledgment) {
			return this.methods.take(orders.stream().map(Order::place).toList(), acknowledgment);
		}

		public @Nullable CompletableFuture<Void> onrecords(@Validated List<KinesisRecord<Order>> records,
				Acknowledgment acknowledgment) {
			return this.methods.take(records.stream().map((record) -> record.payload().place()).toList(),
					acknowledgment);
		}

		public @Nullable CompletableFuture<Void> onmessages(@Validated List<Message<Order>> messages,
				Acknowledgment acknowledgment) {
			return this.methods.take(messages.stream().map((message) -> message.getPayload().place()).toList(),
					acknowledgment);
		}

	}

}
