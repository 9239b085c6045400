package io.kinesisspring.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies signatures of version 4, as documented by AWS, without the SDK. The secret key
 * is {@code local}.
 */
final class Signatures {

	private static final String ALGORITHM = "AWS4-HMAC-SHA256";

	private static final Pattern AUTHORIZATION = Pattern.compile(ALGORITHM
			+ " Credential=[^/]+/(\\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})");

	private Signatures() {
	}

	/**
	 * Return whether a request has the right signature, over the content and its length.
	 */
	static boolean isRight(CannedHttp.Sent sent) {
		Matcher authorization = AUTHORIZATION.matcher(sent.header("Authorization"));
		if (!authorization.matches() || !authorization.group(4).contains("content-length")) {
			return false;
		}
		StringBuilder canonical = new StringBuilder("POST\n/\n\n");
		for (String header : authorization.group(4).split(";")) {
			canonical.append(header).append(':').append(sent.header(header).trim()).append('\n');
		}
		canonical.append('\n').append(authorization.group(4)).append('\n').append(sha256(sent.content()));
		String date = authorization.group(1);
		String region = authorization.group(2);
		String service = authorization.group(3);
		String toSign = ALGORITHM + "\n" + sent.header("X-Amz-Date") + "\n" + date + "/" + region + "/" + service
				+ "/aws4_request\n" + sha256(canonical.toString().getBytes(StandardCharsets.UTF_8));
		byte[] key = "AWS4local".getBytes(StandardCharsets.UTF_8);
		for (String part : new String[] { date, region, service, "aws4_request", toSign }) {
			key = hmac(key, part);
		}
		return HexFormat.of().formatHex(key).equals(authorization.group(5))
				&& sent.header("Content-Length").equals(String.valueOf(sent.content().length));
	}

	private static String sha256(byte[] content) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
