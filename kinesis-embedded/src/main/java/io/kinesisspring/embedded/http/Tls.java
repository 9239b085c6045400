package io.kinesisspring.embedded.http;

import java.security.cert.X509Certificate;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLException;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import org.jspecify.annotations.Nullable;

/**
 * The server's certificate, made when it is first needed: most servers never are asked
 * for it, and all should start fast. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Tls {

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable SelfSignedCertificate certificate;

	private @Nullable SslContext context;

	/**
	 * Return the certificate, for clients to trust.
	 * @return the certificate
	 */
	public X509Certificate certificate() {
		return selfSigned().certificate();
	}

	SslContext context() {
		this.lock.lock();
		try {
			if (this.context == null) {
				this.context = createContext(selfSigned());
			}
			return this.context;
		}
		finally {
			this.lock.unlock();
		}
	}

	private SelfSignedCertificate selfSigned() {
		this.lock.lock();
		try {
			if (this.certificate == null) {
				this.certificate = SelfSignedCertificate.create();
			}
			return this.certificate;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static SslContext createContext(SelfSignedCertificate certificate) {
		try {
			return SslContextBuilder.forServer(certificate.key(), certificate.certificate())
				.sslProvider(SslProvider.JDK)
				.ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
				.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
						SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT,
						ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
				.build();
		}
		catch (SSLException ex) {
			throw new IllegalStateException("Could not set TLS up", ex);
		}
	}

}
