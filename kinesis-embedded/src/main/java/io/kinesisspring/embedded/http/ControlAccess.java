package io.kinesisspring.embedded.http;

import java.net.URI;
import java.util.Locale;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * Keeps web pages away from the control path, which asks for no signature: a browser on
 * this machine would take any page's requests here. Pages of others give themselves away
 * by their {@code Origin}; those whose name was made to lead here (DNS rebinding) by the
 * {@code Host}; and what needs no consent of the server to be sent is no JSON.
 */
final class ControlAccess {

	private static final int FORBIDDEN = 403;

	private static final int UNSUPPORTED = 415;

	private ControlAccess() {
	}

	static void check(FullHttpRequest request) {
		for (String origin : request.headers().getAll(HttpHeaderNames.ORIGIN)) {
			if (!isHere(hostOf(origin))) {
				throw new ServiceException("AccessDenied", FORBIDDEN,
						"The control path takes no requests of web pages of others: Origin is " + origin);
			}
		}
		String host = request.headers().get(HttpHeaderNames.HOST);
		if (host != null && !isHere(hostOf("http://" + host))) {
			throw new ServiceException("AccessDenied", FORBIDDEN,
					"The control path is to be called by an IP address or as localhost: Host is " + host);
		}
		CharSequence type = HttpUtil.getMimeType(request);
		if (type != null && request.content().isReadable() && !isJson(type.toString().toLowerCase(Locale.ROOT))) {
			throw new ServiceException("UnsupportedMediaType", UNSUPPORTED,
					"The control path takes JSON: send it with Content-Type application/json and not " + type);
		}
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
	 * Whether nobody else can have given a host this name.
	 */
	private static boolean isHere(@Nullable String host) {
		return host != null && (host.equalsIgnoreCase("localhost") || host.endsWith(".localhost")
				|| NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host));
	}

}
