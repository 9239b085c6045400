package io.kinesisspring.embedded.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A key and a certificate for {@code localhost} and {@code 127.0.0.1}, made here because
 * the JDK has no public API to make one. The encoding is that of RFC 5280.
 *
 * @param key the private key
 * @param certificate the certificate
 */
record SelfSignedCertificate(PrivateKey key, X509Certificate certificate) {

	private static final int SEQUENCE = 0x30;

	private static final int SET = 0x31;

	private static final int INTEGER = 0x02;

	private static final int BIT_STRING = 0x03;

	private static final int OCTET_STRING = 0x04;

	private static final int UTF8_STRING = 0x0C;

	private static final int GENERALIZED_TIME = 0x18;

	private static final int CONTEXT = 0xA0;

	private static final byte[] ECDSA_WITH_SHA256 = { 0x06, 0x08, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x04,
			0x03, 0x02 };

	private static final byte[] COMMON_NAME = { 0x06, 0x03, 0x55, 0x04, 0x03 };

	private static final byte[] SUBJECT_ALTERNATIVE_NAME = { 0x06, 0x03, 0x55, 0x1D, 0x11 };

	private static final byte[] LOOPBACK = { 127, 0, 0, 1 };

	private static final Duration LIFETIME = Duration.ofDays(365);

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
		.withZone(ZoneOffset.UTC);

	static SelfSignedCertificate create() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			KeyPair keys = generator.generateKeyPair();
			byte[] content = content(keys);
			Signature signature = Signature.getInstance("SHA256withECDSA");
			signature.initSign(keys.getPrivate());
			signature.update(content);
			byte[] encoded = der(SEQUENCE, content, der(SEQUENCE, ECDSA_WITH_SHA256),
					der(BIT_STRING, new byte[1], signature.sign()));
			CertificateFactory factory = CertificateFactory.getInstance("X.509");
			return new SelfSignedCertificate(keys.getPrivate(),
					(X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Could not make a certificate", ex);
		}
	}

	private static byte[] content(KeyPair keys) {
		Instant now = Instant.now();
		byte[] version = der(CONTEXT, der(INTEGER, new byte[] { 2 }));
		byte[] serial = der(INTEGER, BigInteger.valueOf(now.toEpochMilli()).toByteArray());
		byte[] name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, text(UTF8_STRING, "localhost"))));
		byte[] validity = der(SEQUENCE, text(GENERALIZED_TIME, TIME.format(now.minus(LIFETIME))),
				text(GENERALIZED_TIME, TIME.format(now.plus(LIFETIME))));
		byte[] names = der(SEQUENCE, text(0x82, "localhost"), der(0x87, LOOPBACK));
		byte[] extensions = der(CONTEXT | 3,
				der(SEQUENCE, der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, names))));
		return der(SEQUENCE, version, serial, der(SEQUENCE, ECDSA_WITH_SHA256), name, validity, name,
				keys.getPublic().getEncoded(), extensions);
	}

	private static byte[] text(int tag, String value) {
		return der(tag, value.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] der(int tag, byte[]... parts) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			content.writeBytes(part);
		}
		ByteArrayOutputStream encoded = new ByteArrayOutputStream();
		encoded.write(tag);
		int length = content.size();
		if (length > 0xFF) {
			encoded.write(0x82);
			encoded.write(length >> 8);
		}
		else if (length > 0x7F) {
			encoded.write(0x81);
		}
		encoded.write(length);
		encoded.writeBytes(content.toByteArray());
		return encoded.toByteArray();
	}

}
