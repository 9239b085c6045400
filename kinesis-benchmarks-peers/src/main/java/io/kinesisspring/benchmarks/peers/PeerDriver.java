package io.kinesisspring.benchmarks.peers;

import io.kinesisspring.benchmarks.driver.Consuming;
import io.kinesisspring.benchmarks.driver.Driver;
import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Task;

/**
 * Runs one of the contenders that are not ours: {@code bare}, {@code kcl}, {@code kpl} or
 * {@code awspring}.
 */
public final class PeerDriver {

	private PeerDriver() {
	}

	/**
	 * Run a task.
	 * @param args the task
	 */
	public static void main(String[] args) {
		Task task = new Task(args);
		String contender = task.text("contender");
		Producing.Factory producing = switch (contender) {
			case "kpl" -> KplProducer::new;
			case "awspring" -> AwspringProducer::new;
			default -> BareProducer::new;
		};
		Consuming.Factory consuming = switch (contender) {
			case "kcl" -> KclConsumer::new;
			case "awspring" -> AwspringConsumer::new;
			default -> BareConsumer::new;
		};
		Driver.run(task, producing, consuming);
	}

}
