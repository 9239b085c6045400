package io.kinesisspring.deadletter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.springframework.util.Assert;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.RecordRecoverer;

/**
 * Stores each exhausted record as an object in an S3 bucket. The object is the record's
 * data, unchanged. Its key is
 * {@code prefix/stream/shardId/sequenceNumber-subSequenceNumber}, so that a record that
 * is recovered twice has one object. Its metadata are the attributes that the
 * {@link SqsDeadLetterRecoverer} sends, without {@code encoding}. S3 takes 2 KB of ASCII
 * characters: others are written as {@code \}{@code uXXXX}, the messages of the
 * exceptions are cut, and what has no room is left out. A record is recovered when S3 has
 * stored the object. Thread-safe.
 *
 * @since 0.1.0
 */
public final class S3DeadLetterRecoverer implements RecordRecoverer {

	/** The limit of S3 for the names and values of an object's metadata. */
	private static final int MAX_METADATA = 2048;

	private static final int ESCAPE_LENGTH = 6;

	private final Supplier<S3AsyncClient> client;

	private final String bucket;

	private final String prefix;

	/**
	 * Create a recoverer.
	 * @param client stores the objects
	 * @param location the name of the bucket, or the name, a slash and what the keys of
	 * the objects begin with
	 */
	public S3DeadLetterRecoverer(S3AsyncClient client, String location) {
		this(() -> client, location);
		Assert.notNull(client, "'client' must not be null");
	}

	/**
	 * Create a recoverer.
	 * @param client supplies what stores the objects, when there is one to store
	 * @param location the name of the bucket, or the name, a slash and what the keys of
	 * the objects begin with
	 * @throws IllegalArgumentException if it is neither
	 */
	public S3DeadLetterRecoverer(Supplier<S3AsyncClient> client, String location) {
		Assert.notNull(client, "'client' must not be null");
		int slash = location.indexOf('/');
		this.client = client;
		this.bucket = (slash < 0) ? location : location.substring(0, slash);
		Assert.isTrue(this.bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
				() -> "'" + location + "' is not the name of a bucket, or a name, a slash and a prefix");
		String path = (slash < 0) ? "" : location.substring(slash + 1);
		this.prefix = (path.isEmpty() || path.endsWith("/")) ? path : path + "/";
	}

	@Override
	public CompletionStage<?> recover(DeliveryFailure failure) {
		KinesisRecord<byte[]> record = failure.record();
		PutObjectRequest request = PutObjectRequest.builder()
			.bucket(this.bucket)
			.key(this.prefix + record.stream() + "/" + record.shardId() + "/" + record.sequenceNumber() + "-"
					+ record.subSequenceNumber())
			.contentType("application/octet-stream")
			.metadata(metadata(failure))
			.build();
		return this.client.get().putObject(request, AsyncRequestBody.fromBytes(record.payload()));
	}

	/**
	 * The attributes as far as there is room, the most important ones first.
	 */
	private static Map<String, String> metadata(DeliveryFailure failure) {
		Map<String, String> metadata = new LinkedHashMap<>();
		int room = MAX_METADATA;
		for (Map.Entry<String, String> attribute : DeadLetterMessage.attributes(failure, true).entrySet()) {
			String name = attribute.getKey();
			int left = room - name.length();
			String value = ascii(attribute.getValue(), left);
			boolean complete = ascii(attribute.getValue(), Integer.MAX_VALUE).length() == value.length();
			if (!value.isEmpty() && (complete || name.equals("message") || name.equals("rootCause"))) {
				metadata.put(name, value);
				room = left - value.length();
			}
		}
		return metadata;
	}

	private static String ascii(String text, int maxLength) {
		StringBuilder ascii = new StringBuilder();
		for (char c : text.toCharArray()) {
			boolean plain = c >= ' ' && c <= '~' && c != '\\';
			if (ascii.length() + (plain ? 1 : ESCAPE_LENGTH) > maxLength) {
				break;
			}
			ascii.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
		}
		return ascii.toString().strip();
	}

}
