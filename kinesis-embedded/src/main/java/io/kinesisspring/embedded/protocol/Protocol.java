package io.kinesisspring.embedded.protocol;

import java.io.OutputStream;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * How a request and its answer are encoded.
 *
 * @since 0.1.0
 */
public enum Protocol {

	/**
	 * AWS JSON 1.1: blobs in Base64, timestamps in seconds.
	 */
	JSON("application/x-amz-json-1.1", new JsonFactory()),

	/**
	 * AWS CBOR 1.1: blobs as bytes, timestamps in milliseconds.
	 */
	CBOR("application/x-amz-cbor-1.1", new CBORFactory());

	private final String contentType;

	private final TokenStreamFactory factory;

	Protocol(String contentType, TokenStreamFactory factory) {
		this.contentType = contentType;
		this.factory = factory;
	}

	/**
	 * Return the media type of this protocol.
	 * @return the media type, of requests as of answers
	 */
	public String contentType() {
		return this.contentType;
	}

	/**
	 * Find the protocol of a request.
	 * @param contentType the request's {@code Content-Type} header
	 * @return the protocol, or {@code null} if the service speaks no such protocol
	 */
	public static @Nullable Protocol of(@Nullable String contentType) {
		if (contentType == null) {
			return null;
		}
		String mediaType = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
		return switch (mediaType) {
			case "application/x-amz-json-1.1", "application/json" -> JSON;
			case "application/x-amz-cbor-1.1" -> CBOR;
			default -> null;
		};
	}

	JsonParser parser(byte[] body) {
		return this.factory.createParser(ObjectReadContext.empty(), body);
	}

	/**
	 * Start an answer.
	 * @param target where the encoded answer goes
	 * @return the output, to be closed by the caller
	 */
	public Output output(OutputStream target) {
		return new Output(this.factory.createGenerator(ObjectWriteContext.empty(), target));
	}

}
