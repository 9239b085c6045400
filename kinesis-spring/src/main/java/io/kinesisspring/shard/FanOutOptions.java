package io.kinesisspring.shard;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.InvalidOptionException;

/**
 * How shards are read by enhanced fan-out. Immutable: made by a builder, from the
 * defaults or from other options.
 * <p>
 * The service's limits, as its quotas and the reference of {@code SubscribeToShard} have
 * them: 20 consumers for a stream (50 for On-demand Advantage), of which five may be in
 * the state CREATING; one subscription for each consumer and shard, which ends after five
 * minutes; one call a second for each consumer and shard. A call within five seconds of a
 * successful one fails. A later call replaces the subscription.
 *
 * @param consumerName the name under which the application is registered with each
 * stream; default the application's name
 * @param consumerArn the consumer to use instead of registering one; none by default
 * @param deregisterOnStop whether the last worker that stops deregisters the consumer;
 * default {@code false}
 * @param fallback what to do if a stream cannot be read by fan-out; default
 * {@link FanOutFallback#POLLING}
 * @param silentAfter how long a subscription may deliver nothing, not even an empty
 * event, before it counts as dead; default 30 seconds
 * @since 0.1.0
 */
public record FanOutOptions(@Nullable String consumerName, @Nullable String consumerArn, boolean deregisterOnStop,
		FanOutFallback fallback, Duration silentAfter) {

	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

	private static final Pattern ARN = Pattern
		.compile("arn:aws[^:]*:kinesis:[^:]+:\\d{12}:stream/([a-zA-Z0-9_.-]+)/consumer/[a-zA-Z0-9_.-]+:\\d+");

	private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

	/**
	 * The defaults.
	 * @return options
	 */
	public static FanOutOptions defaults() {
		return new Builder().build();
	}

	/**
	 * A builder that starts with these options.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * The stream that {@code consumerArn} belongs to.
	 * @return the name of the stream, {@code null} if no consumer is given
	 */
	public @Nullable String streamOfConsumer() {
		if (this.consumerArn == null) {
			return null;
		}
		var arn = ARN.matcher(this.consumerArn);
		return arn.matches() ? arn.group(1) : null;
	}

	/**
	 * Builds {@link FanOutOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String consumerName;

		private @Nullable String consumerArn;

		private boolean deregisterOnStop;

		private FanOutFallback fallback = FanOutFallback.POLLING;

		private Duration silentAfter = Duration.ofSeconds(30);

		private Builder() {
		}

		private Builder(FanOutOptions options) {
			this.consumerName = options.consumerName;
			this.consumerArn = options.consumerArn;
			this.deregisterOnStop = options.deregisterOnStop;
			this.fallback = options.fallback;
			this.silentAfter = options.silentAfter;
		}

		/**
		 * Set the name under which the application is registered.
		 * @param consumerName the value; see {@link FanOutOptions}
		 * @return this builder
		 */
		public Builder consumerName(@Nullable String consumerName) {
			this.consumerName = consumerName;
			return this;
		}

		/**
		 * Set the consumer to use instead of registering one.
		 * @param consumerArn the value; see {@link FanOutOptions}
		 * @return this builder
		 */
		public Builder consumerArn(@Nullable String consumerArn) {
			this.consumerArn = consumerArn;
			return this;
		}

		/**
		 * Set whether the last worker that stops deregisters the consumer.
		 * @param deregisterOnStop the value; see {@link FanOutOptions}
		 * @return this builder
		 */
		public Builder deregisterOnStop(boolean deregisterOnStop) {
			this.deregisterOnStop = deregisterOnStop;
			return this;
		}

		/**
		 * Set what to do about a stream that cannot be read by fan-out.
		 * @param fallback the value; see {@link FanOutOptions}
		 * @return this builder
		 */
		public Builder fallback(FanOutFallback fallback) {
			this.fallback = fallback;
			return this;
		}

		/**
		 * Set how long a subscription may be silent.
		 * @param silentAfter the value; see {@link FanOutOptions}
		 * @return this builder
		 */
		public Builder silentAfter(Duration silentAfter) {
			this.silentAfter = silentAfter;
			return this;
		}

		/**
		 * Build the options.
		 * @return the options
		 * @throws InvalidOptionException if a value is out of its range
		 */
		public FanOutOptions build() {
			check("consumerName", this.consumerName,
					this.consumerName == null || NAME.matcher(this.consumerName).matches(),
					"1 to 128 characters out of a-z A-Z 0-9 _ . -");
			check("consumerArn", this.consumerArn, this.consumerArn == null || ARN.matcher(this.consumerArn).matches(),
					"arn:aws:kinesis:<region>:<account>:stream/<name>/consumer/<name>:<creation time>");
			check("silentAfter", this.silentAfter, this.silentAfter.compareTo(SHORTEST_SILENCE) >= 0,
					"a duration of 1s or more");
			if (this.deregisterOnStop && this.consumerArn != null) {
				throw new InvalidOptionException(InvalidOptionException.Group.FAN_OUT,
						"{deregisterOnStop} is true for a consumer that is given by {consumerArn}",
						"Leave one of them out: only the application that registered a consumer should deregister it");
			}
			return new FanOutOptions(this.consumerName, this.consumerArn, this.deregisterOnStop, this.fallback,
					this.silentAfter);
		}

		private static void check(String option, @Nullable Object value, boolean valid, String remedy) {
			if (!valid) {
				throw new InvalidOptionException(InvalidOptionException.Group.FAN_OUT, "{" + option + "} is " + value,
						"Set it to " + remedy);
			}
		}

	}

}
