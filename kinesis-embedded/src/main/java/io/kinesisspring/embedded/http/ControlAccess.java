package io.kinesisspring.embedded.http;

import java.net.URI;
import java.util.Locale;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * Protects the control path, which needs no signature, from web pages: a browser on this
 * machine would send requests of any page here. Pages of other hosts are recognized by
 * their {@code Origin}, and where a browser sends none, by {@code Sec-Fetch-Site}. Pages
 * whose name resolves to this host (DNS rebinding) are recognized by the {@code Host}. A
 * content type other than JSON is rejected, because a browser sends it without asking the
 * server. No response allows another origin to read it or to send JSON.
 */
final class ControlAccess {

	private static final String FETCH_SITE = "sec-fetch-site";

	private static final int FORBIDDEN = 403;

	private static final int UNSUPPORTED = 415;

	private ControlAccess() {
	}

	static void check(FullHttpRequest request) {
		HttpHeaders headers = request.headers();
		for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
			if (!isLoopback(hostOf(origin))) {
				throw denied("accepts no requests of other hosts' web pages: Origin is '" + origin + "'");
			}
		}
		for (String site : headers.getAll(FETCH_SITE)) {
			if (site.equalsIgnoreCase("cross-site")) {
				throw denied("accepts no requests of other hosts' web pages: Sec-Fetch-Site is '" + site + "'");
			}
		}
		for (String host : headers.getAll(HttpHeaderNames.HOST)) {
			if (!isHere(hostOf("http://" + host))) {
				throw denied("must be called by an IP address or as localhost: Host is '" + host + "'");
			}
		}
		CharSequence type = HttpUtil.getMimeType(request);
		if (type != null && request.content().isReadable() && !isJson(type.toString().toLowerCase(Locale.ROOT))) {
			throw new ServiceException("UnsupportedMediaType", UNSUPPORTED,
					"The control path accepts JSON: send it with Content-Type application/json and not " + type);
		}
	}

	private static ServiceException denied(String reason) {
		return new ServiceException("AccessDenied", FORBIDDEN, "The control path " + reason);
	}

	private static boolean isJson(String type) {
		return type.equals("application/json") || type.startsWith("application/x-amz-json-");
	}

	private static @Nullable String hostOf(String url) {
		try {
			return URI.create(url).getHost();
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Return whether this host name leads nowhere else, whoever asks for it.
	 */
	private static boolean isHere(@Nullable String host) {
		return host != null
				&& (isLoopback(host) || NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host));
	}

	private static boolean isLoopback(@Nullable String host) {
		return host != null && (host.equalsIgnoreCase("localhost") || host.endsWith(".localhost")
				|| (host.startsWith("127.") && NetUtil.isValidIpV4Address(host)) || host.equals("[::1]"));
	}

}
