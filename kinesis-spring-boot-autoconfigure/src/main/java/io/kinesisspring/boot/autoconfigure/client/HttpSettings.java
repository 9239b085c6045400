package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Protocol;
import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Proxy.Scheme;

/**
 * The {@code kinesis.http.*} properties, checked.
 *
 * @param protocol the HTTP version of the connections to Kinesis
 * @param connectTimeout how long it may take to connect
 * @param apiCallTimeout how long a call to Kinesis may take, attempts included
 * @param maxConcurrency how many requests to Kinesis may be in progress, subscriptions
 * not counted; {@code null} for any number
 * @param fastPath whether the client for requests has the fast path
 * @param proxy the proxy between the application and AWS; {@code null} if the SDK decides
 */
record HttpSettings(Protocol protocol, Duration connectTimeout, Duration apiCallTimeout,
		@Nullable Integer maxConcurrency, boolean fastPath, @Nullable Proxy proxy) {

	private static final Duration SHORTEST_CONNECT_TIMEOUT = Duration.ofMillis(1);

	private static final Duration SHORTEST_CALL_TIMEOUT = Duration.ofSeconds(1);

	static HttpSettings of(KinesisProperties properties) {
		KinesisProperties.Http http = properties.http();
		atLeast("connect-timeout", http.connectTimeout(), SHORTEST_CONNECT_TIMEOUT, "1ms");
		atLeast("api-call-timeout", http.apiCallTimeout(), SHORTEST_CALL_TIMEOUT, "1s");
		Integer maxConcurrency = http.maxConcurrency();
		int sends = properties.producer().maxInFlight();
		if (maxConcurrency != null && maxConcurrency <= sends) {
			throw new KinesisConfigurationException(
					"kinesis.http.max-concurrency is " + maxConcurrency + ", but kinesis.producer.max-in-flight is "
							+ sends + ": sends would leave no room for reads",
					"Set it to kinesis.producer.max-in-flight plus the number of shards that an instance reads, or remove it");
		}
		return new HttpSettings(http.protocol(), http.connectTimeout(), http.apiCallTimeout(), maxConcurrency,
				http.fastPath(), Proxy.of(http.proxy()));
	}

	private static void atLeast(String property, Duration value, Duration shortest, String remedy) {
		if (value.compareTo(shortest) < 0) {
			throw new KinesisConfigurationException("kinesis.http." + property + " is " + value.toMillis() + "ms",
					"Set it to " + remedy + " or more");
		}
	}

	/**
	 * A proxy between the application and AWS.
	 *
	 * @param scheme the protocol that the proxy speaks
	 * @param host its host name
	 * @param port its port
	 * @param username the user at the proxy, if it asks for one
	 * @param password the user's password
	 * @param nonProxyHosts regular expressions of the hosts that are connected directly,
	 * which the AWS SDK compares with host names in lower case
	 */
	record Proxy(Scheme scheme, String host, int port, @Nullable String username, @Nullable String password,
			Set<String> nonProxyHosts) {

		private static final String PREFIX = "kinesis.http.proxy.";

		static @Nullable Proxy of(KinesisProperties.Http.Proxy properties) {
			String host = properties.host();
			Integer port = properties.port();
			String username = text(properties.username());
			String password = text(properties.password());
			if (!StringUtils.hasText(host)) {
				if (port != null || username != null || password != null || !properties.nonProxyHosts().isEmpty()) {
					throw new KinesisConfigurationException(
							PREFIX + "host is not set, but other properties of the proxy are",
							"Set it to the proxy's host name, or remove all " + PREFIX + "* properties");
				}
				return null;
			}
			if (host.contains("/")) {
				throw new KinesisConfigurationException(PREFIX + "host is '" + host + "', which is no host name",
						"Set " + PREFIX + "scheme, " + PREFIX + "host and " + PREFIX + "port to the parts of this URL");
			}
			if (port == null || port < 1 || port > 65_535) {
				throw new KinesisConfigurationException(PREFIX + "port is " + ((port != null) ? port : "not set"),
						"Set it to the port of the proxy '" + host + "', 1 to 65535");
			}
			if ((username == null) != (password == null)) {
				throw new KinesisConfigurationException(PREFIX + "username and " + PREFIX + "password are not both set",
						"Set both, or none if the proxy asks for no user");
			}
			return new Proxy(properties.scheme(), host, port, username, password,
					properties.nonProxyHosts().stream().map(Proxy::regularExpression).collect(Collectors.toSet()));
		}

		private static @Nullable String text(@Nullable String value) {
			return StringUtils.hasText(value) ? value : null;
		}

		private static String regularExpression(String host) {
			return Pattern.quote(host.trim().toLowerCase(Locale.ROOT)).replace("*", "\\E.*\\Q");
		}

		/**
		 * Hides the password, because a record would print it.
		 */
		@Override
		public String toString() {
			return "Proxy[" + this.scheme + " " + this.host + ":" + this.port + "]";
		}

	}

}
