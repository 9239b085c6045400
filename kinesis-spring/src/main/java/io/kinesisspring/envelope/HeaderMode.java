package io.kinesisspring.envelope;

/**
 * Where the headers of records are. A record of Kinesis has none of its own.
 *
 * @since 0.1.0
 */
public enum HeaderMode {

	/** Nowhere: the payload is all that a record holds. The default. */
	NONE,

	/** In the payload, in front of its bytes: see {@link HeaderEnvelope}. */
	ENVELOPE

}
