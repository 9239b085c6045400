package io.kinesisspring.cloudevents;

/**
 * Names of headers that hold the attributes of CloudEvents. An extension has a header,
 * too: the prefix and its name.
 *
 * @since 0.1.0
 */
public final class CloudEventHeaders {

	/** Prefix of the names. */
	public static final String PREFIX = "ce-";

	/** The type. A payload that is sent with this header becomes a CloudEvent. */
	public static final String TYPE = PREFIX + "type";

	/** The id; random if it is not given. */
	public static final String ID = PREFIX + "id";

	/**
	 * The source, a URI reference; {@code kinesis.cloudevents.source} if it is not given.
	 */
	public static final String SOURCE = PREFIX + "source";

	/** The subject. */
	public static final String SUBJECT = PREFIX + "subject";

	/** The time, in ISO-8601 with an offset; the time of sending if it is not given. */
	public static final String TIME = PREFIX + "time";

	/**
	 * The content type of the data. If it is not given: {@code application/octet-stream}
	 * for {@code byte[]}, {@code text/plain} for {@code String}, {@code application/json}
	 * for all other payloads.
	 */
	public static final String DATA_CONTENT_TYPE = PREFIX + "datacontenttype";

	/** The schema of the data, a URI. */
	public static final String DATA_SCHEMA = PREFIX + "dataschema";

	/** The version of the specification. */
	public static final String SPEC_VERSION = PREFIX + "specversion";

	private CloudEventHeaders() {
	}

}
