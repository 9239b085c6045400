package io.kinesisspring.embedded.http;

import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * Signatures have to be there and of the right form; whether they are right is not
 * checked.
 */
final class Authorization {

	private static final Pattern SIGNATURE = Pattern
		.compile("AWS4-HMAC-SHA256\\s+Credential=[^/,\\s]+/\\d{8}/[^/,\\s]+/kinesis/aws4_request\\s*,"
				+ "\\s*SignedHeaders=[^,\\s]+\\s*,\\s*Signature=[0-9a-f]{64}");

	private Authorization() {
	}

	static void check(HttpRequest request) {
		String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
		if (request.uri().contains("X-Amz-Signature=")) {
			return;
		}
		if (authorization == null) {
			throw new ServiceException("MissingAuthenticationTokenException", 400, "Missing Authentication Token");
		}
		if (!SIGNATURE.matcher(authorization).matches()) {
			throw new ServiceException("IncompleteSignatureException", 403,
					"Authorization header is not of the form 'AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., "
							+ "Signature=...'.");
		}
	}

}
