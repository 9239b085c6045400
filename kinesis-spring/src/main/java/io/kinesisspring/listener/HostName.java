package io.kinesisspring.listener;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;

import org.springframework.util.StringUtils;

/**
 * The name of the host or pod. It shows the reader of the lease table who an owner is. No
 * decision depends on it.
 */
final class HostName {

	/** The sixteen ids of a worker group have to fit into one write unit. */
	private static final int MAX_LENGTH = 20;

	private static final String NAME = find();

	private HostName() {
	}

	static String get() {
		return NAME;
	}

	/**
	 * Read the environment first, which containers set. A network lookup may take
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
	 * Shorten a name: remove the domain, and keep the end of a long name, because the end
	 * of a pod's name is unique.
	 */
	static String shortened(String name) {
		String label = name.split("\\.", 2)[0];
		String plain = (label.matches("\\d*") ? name : label).replaceAll("[^A-Za-z0-9-]", "-");
		return plain.substring(Math.max(0, plain.length() - MAX_LENGTH));
	}

}
