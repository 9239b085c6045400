package io.kinesisspring.listener;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;

import io.kinesisspring.StreamIdentifier;

/**
 * The streams that a listener reads, and its own options. Immutable.
 *
 * @param id the id of the container
 * @param streams the streams to read; at least one, no two with the same name
 * @param listener gets the records
 * @param overrides the options that the listener changes, applied to the factory's
 * options
 * @param description where the listener is declared, for messages
 * @since 0.1.0
 */
public record KinesisListenerEndpoint(String id, List<StreamIdentifier> streams, RecordsListener listener,
		UnaryOperator<ContainerOptions.Builder> overrides, String description) {

	public KinesisListenerEndpoint {
		Assert.hasText(id, "'id' must not be empty");
		Assert.notEmpty(streams, "'streams' must not be empty");
		streams = List.copyOf(streams);
	}

	/**
	 * Build an endpoint whose listener takes payloads of a class.
	 * @param <T> the type of the payloads
	 * @param id the id of the container, which {@code kinesis.listeners.<id>.*} refers to
	 * @param payloadType the type of the payloads; {@code byte[]} for the data as it is
	 * @return a builder
	 */
	public static <T> Builder<T> builder(String id, Class<T> payloadType) {
		return new Builder<>(id, payloadType);
	}

	/**
	 * Build an endpoint whose listener takes payloads of a generic type.
	 * @param <T> the type of the payloads
	 * @param id the id of the container, which {@code kinesis.listeners.<id>.*} refers to
	 * @param payloadType the type of the payloads
	 * @return a builder
	 */
	public static <T> Builder<T> builder(String id, ParameterizedTypeReference<T> payloadType) {
		return new Builder<>(id, payloadType.getType());
	}

	/**
	 * Builds an endpoint from a lambda or a method reference. The container factory's
	 * converter converts the payloads. Not thread-safe.
	 *
	 * @param <T> the type of the payloads
	 */
	public static final class Builder<T> {

		private final String id;

		private final Type payloadType;

		private final List<StreamIdentifier> streams = new ArrayList<>();

		private @Nullable RecordsListener listener;

		private @Nullable String description;

		private UnaryOperator<ContainerOptions.Builder> overrides = (options) -> options;

		private Builder(String id, Type payloadType) {
			Assert.hasText(id, "'id' must not be empty");
			this.id = id;
			this.payloadType = payloadType;
		}

		/**
		 * Add streams to read.
		 * @param streams names or ARNs, no two of them with the same name
		 * @return this builder
		 */
		public Builder<T> streams(String... streams) {
			for (String stream : streams) {
				this.streams.add(StreamIdentifier.of(stream));
			}
			return this;
		}

		/**
		 * Set a listener that takes one record.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onRecord(RecordListener<T> listener) {
			return listener(listener, false, false, (records, acknowledgment) -> {
				listener.onRecord(records.get(0));
				return null;
			});
		}

		/**
		 * Set a listener that takes one record and acknowledges it. Needs the ack mode
		 * {@link AckMode#MANUAL}.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onRecordManual(AcknowledgingRecordListener<T> listener) {
			return listener(listener, false, true, (records, acknowledgment) -> {
				listener.onRecord(records.get(0), acknowledgment);
				return null;
			});
		}

		/**
		 * Set a listener that takes one record and returns a future that is awaited.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onRecordAsync(AsyncRecordListener<T> listener) {
			return listener(listener, false, false, (records, acknowledgment) -> listener.onRecord(records.get(0)));
		}

		/**
		 * Set a listener that takes batches.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onBatch(BatchRecordListener<T> listener) {
			return listener(listener, true, false, (records, acknowledgment) -> {
				listener.onRecords(records);
				return null;
			});
		}

		/**
		 * Set a listener that takes batches and acknowledges them. Needs the ack mode
		 * {@link AckMode#MANUAL}.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onBatchManual(AcknowledgingBatchRecordListener<T> listener) {
			return listener(listener, true, true, (records, acknowledgment) -> {
				listener.onRecords(records, acknowledgment);
				return null;
			});
		}

		/**
		 * Set a listener that takes batches and returns a future that is awaited.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder<T> onBatchAsync(AsyncBatchRecordListener<T> listener) {
			return listener(listener, true, false, (records, acknowledgment) -> listener.onRecords(records));
		}

		private Builder<T> listener(Object source, boolean batch, boolean acknowledges,
				ConvertingListener.Target<T> target) {
			Assert.notNull(source, "'listener' must not be null");
			Assert.state(this.listener == null, () -> "The endpoint '" + this.id + "' has a listener already");
			this.listener = new ConvertingListener<>(this.payloadType, new ConvertingListener.Kind(batch, acknowledges),
					target);
			if (this.description == null) {
				this.description = source.getClass().getName().split("\\$\\$Lambda", 2)[0];
			}
			return this;
		}

		/**
		 * Change options of the container, for example its application or its ack mode.
		 * Properties {@code kinesis.listeners.<id>.*} override them.
		 * @param options changes the options
		 * @return this builder
		 */
		public Builder<T> options(Consumer<ContainerOptions.Builder> options) {
			UnaryOperator<ContainerOptions.Builder> before = this.overrides;
			this.overrides = (builder) -> {
				ContainerOptions.Builder changed = before.apply(builder);
				options.accept(changed);
				return changed;
			};
			return this;
		}

		/**
		 * Set where the listener is declared, for messages.
		 * @param description the description; by default the class of the listener, or
		 * that in which the lambda is written
		 * @return this builder
		 */
		public Builder<T> description(String description) {
			this.description = description;
			return this;
		}

		/**
		 * Build the endpoint.
		 * @return the endpoint
		 * @throws IllegalStateException if it has no listener or no stream
		 */
		public KinesisListenerEndpoint build() {
			RecordsListener built = this.listener;
			Assert.state(built != null && this.description != null,
					() -> "The endpoint '" + this.id + "' has no listener: call onRecord or onBatch");
			Assert.state(!this.streams.isEmpty(),
					() -> "The endpoint '" + this.id + "' reads no stream: call streams with a name or an ARN");
			return new KinesisListenerEndpoint(this.id, this.streams, built, this.overrides, this.description);
		}

	}

}
