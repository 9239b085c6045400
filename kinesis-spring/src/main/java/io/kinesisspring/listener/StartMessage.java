package io.kinesisspring.listener;

import java.util.Locale;

import org.springframework.util.ClassUtils;

import io.kinesisspring.shard.ReadMode;

/**
 * The log message when a listener starts: which streams it reads, and how.
 */
final class StartMessage {

	private StartMessage() {
	}

	static String of(KinesisListenerEndpoint endpoint, ContainerOptions options) {
		return "Listener '" + endpoint.id() + "' (" + endpoint.description() + ") reads " + endpoint.streams()
				+ " as application '" + options.application() + "', new shards from "
				+ options.lease().initialPosition() + ((options.mode() == ReadMode.FAN_OUT) ? " by fan-out" : "")
				+ ", ack mode " + options.delivery().ackMode().name().toLowerCase(Locale.ROOT) + ", concurrency "
				+ options.delivery().concurrency() + ", failures to " + nameOf(options.delivery().errorHandler());
	}

	/**
	 * A lambda has no name but that of the class that it is written in.
	 */
	private static String nameOf(Object handler) {
		String name = handler.getClass().getName();
		int lambda = name.indexOf("$$Lambda");
		return (lambda > 0) ? "a lambda of " + ClassUtils.getShortName(name.substring(0, lambda))
				: ClassUtils.getShortName(name);
	}

}
