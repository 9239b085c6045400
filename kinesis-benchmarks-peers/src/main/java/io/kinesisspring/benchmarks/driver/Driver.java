package io.kinesisspring.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The main method of each contender's process.
 */
public final class Driver {

	private Driver() {
	}

	/**
	 * Do what the task says and end the process.
	 * @param task the task, whose {@code job} is {@code send}, {@code pace},
	 * {@code read}, {@code follow} or {@code serve}
	 * @param producing makes the contender if it shall send
	 * @param consuming makes the contender if it shall receive
	 */
	public static void run(Task task, Producing.Factory producing, Consuming.Factory consuming) {
		int status = 0;
		try {
			switch (task.text("job")) {
				case "send" -> new SendRun(task).run(producing);
				case "pace" -> new PaceRun(task).run(producing);
				case "read" -> new ReadRun(task).run(consuming);
				case "follow" -> new FollowRun(task).run(consuming);
				case "serve" -> serve(task, consuming);
				default -> throw new IllegalArgumentException("There is no job " + task.text("job"));
			}
		}
		catch (Exception ex) {
			ex.printStackTrace();
			status = 1;
		}
		System.exit(status);
	}

	/**
	 * Receive until the standard input ends.
	 */
	private static void serve(Task task, Consuming.Factory factory) throws IOException {
		Consuming consuming = factory.start(task, new Journal(Path.of(task.text("journal"))));
		while (System.in.read() >= 0) {
			continue;
		}
		long stopping = System.nanoTime();
		consuming.close();
		Figures.write("stop-seconds", (System.nanoTime() - stopping) / 1e9);
	}

}
