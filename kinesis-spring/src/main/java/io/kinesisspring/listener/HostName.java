package io.kinesisspring.listener;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;

import org.springframework.util.StringUtils;

/**
 * The name of the host, or of the pod, so that a person who reads the lease table knows
 * who an owner is. Nothing is decided by it.
 */
final class HostName {

	/** A worker group of sixteen ids has to fit into one write unit. */
	private static final int MAX_LENGTH = 20;

	private static final String NAME = find();

	private HostName() {
	}

	static String get() {
		return NAME;
	}

	/**
	 * The environment is asked first, which containers set: to ask the network may take
	 * seconds.
	 */
	private static String find() {
		return Stream.of("HOSTNAME", "COMPUTERNAME")
			.map(System::getenv)
			.filter(StringUtils::hasText)
			.findFirst()
			.map(HostName::shortened)
			.orElseGet(HostName::resolved);
	}

	private static String resolved() {
		try {
			return shortened(InetAddress.getLocalHost().getHostName());
		}
		catch (UnknownHostException ex) {
			return "host";
		}
	}

	/**
	 * Without the domain, and the end of what is too long: that of a pod's name is its
	 * own.
	 */
	static String shortened(String name) {
		String label = name.split("\\.", 2)[0];
		String plain = (label.matches("\\d*") ? name : label).replaceAll("[^A-Za-z0-9-]", "-");
		return plain.substring(Math.max(0, plain.length() - MAX_LENGTH));
	}

}
