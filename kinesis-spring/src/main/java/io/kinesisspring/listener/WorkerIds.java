package io.kinesisspring.listener;

import java.util.UUID;

/**
 * Creates the ids of workers from host, process and a unique part for each start, so that
 * no two starts of any worker have the same id.
 */
final class WorkerIds {

	private static final int UUID_DIGITS = 32;

	private static final int PROCESS_DIGITS = 6;

	private static final int START_DIGITS = 8;

	/** Identifies the workers of one process, which share its processors. */
	private static final String PROCESS = HostName.get() + "-" + ProcessHandle.current().pid() + "-"
			+ random(PROCESS_DIGITS);

	private WorkerIds() {
	}

	static String next() {
		return PROCESS + "." + random(START_DIGITS);
	}

	private static String random(int digits) {
		return UUID.randomUUID().toString().replace("-", "").substring(UUID_DIGITS - digits);
	}

}
