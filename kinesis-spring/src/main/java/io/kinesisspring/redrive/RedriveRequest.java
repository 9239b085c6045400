package io.kinesisspring.redrive;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InitialPosition;

/**
 * Which dead letters to redrive. Immutable: each method returns a copy.
 *
 * @param stream the dead-letter stream
 * @param application the application in whose lease table the positions are kept;
 * {@code null} for that of the redriver
 * @param from where to begin; {@code null} to continue behind the last redrive
 * @param destination where all records are sent; {@code null} for the streams that they
 * came from
 * @since 0.1.0
 */
public record RedriveRequest(StreamIdentifier stream, @Nullable String application, @Nullable InitialPosition from,
		@Nullable StreamIdentifier destination) {

	/**
	 * Redrive the dead letters that have come since the last redrive of the stream.
	 * @param stream the name or the ARN of the dead-letter stream
	 * @return the request
	 * @throws IllegalArgumentException if it is neither a name nor an ARN
	 */
	public static RedriveRequest of(String stream) {
		return new RedriveRequest(StreamIdentifier.of(stream), null, null, null);
	}

	/**
	 * Set the application in whose lease table the positions are kept.
	 * @param application the name of the application
	 * @return the request
	 */
	public RedriveRequest application(String application) {
		Assert.hasText(application, "'application' must not be empty");
		return new RedriveRequest(this.stream, application, this.from, this.destination);
	}

	/**
	 * Begin at a position, although records behind it may have been redriven before.
	 * These are sent once more.
	 * @param from the position
	 * @return the request
	 */
	public RedriveRequest from(InitialPosition from) {
		Assert.notNull(from, "'from' must not be null");
		return new RedriveRequest(this.stream, this.application, from, this.destination);
	}

	/**
	 * Send all records to one stream: for example, if the stream of the records belongs
	 * to another account, or has got another name.
	 * @param destination the name or the ARN of the stream
	 * @return the request
	 * @throws IllegalArgumentException if it is neither a name nor an ARN, or if it is
	 * the dead-letter stream
	 */
	public RedriveRequest destination(String destination) {
		StreamIdentifier identifier = StreamIdentifier.of(destination);
		Assert.isTrue(!identifier.name().equals(this.stream.name()),
				() -> "'" + destination + "' is the dead-letter stream itself");
		return new RedriveRequest(this.stream, this.application, this.from, identifier);
	}

}
