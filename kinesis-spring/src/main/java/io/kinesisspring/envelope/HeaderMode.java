package io.kinesisspring.envelope;

/**
 * How records carry headers. Kinesis itself has no headers.
 *
 * @since 0.1.0
 */
public enum HeaderMode {

	/** Not at all: a record contains only the payload. This is the default. */
	NONE,

	/** In an envelope before the payload: see {@link HeaderEnvelope}. */
	ENVELOPE

}
