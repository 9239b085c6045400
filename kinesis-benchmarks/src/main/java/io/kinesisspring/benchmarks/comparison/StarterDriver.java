package io.kinesisspring.benchmarks.comparison;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.benchmarks.driver.Consuming;
import io.kinesisspring.benchmarks.driver.Driver;
import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Receiver;
import io.kinesisspring.benchmarks.driver.Task;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * An application as a team would write it: the starter, its properties, and a listener
 * method or the template. It sets nothing that has a default.
 */
public final class StarterDriver {

	private StarterDriver() {
	}

	/**
	 * Run a task.
	 * @param args the task
	 */
	public static void main(String[] args) {
		Driver.run(new Task(args), Sender::new, Worker::new);
	}

	private static ConfigurableApplicationContext start(Task task, Class<?> application, List<String> properties) {
		properties.add("--spring.main.banner-mode=off");
		properties.add("--spring.application.name=" + task.text("application"));
		properties.add("--kinesis.endpoint=" + task.endpoint());
		properties.add("--kinesis.region=us-east-1");
		properties.add("--kinesis.credentials.access-key=local");
		properties.add("--kinesis.credentials.secret-key=local");
		properties.add("--kinesis.http.protocol=" + (task.is("http1") ? "http1.1" : "http2"));
		return SpringApplication.run(application, properties.toArray(String[]::new));
	}

	/**
	 * The properties that the task sets.
	 */
	private static List<String> properties(Task task, String prefix, String... names) {
		List<String> properties = new ArrayList<>();
		for (String name : names) {
			String value = task.find(name);
			if (value != null) {
				properties.add("--" + prefix + name + "=" + value);
			}
		}
		return properties;
	}

	/**
	 * Sends by the template.
	 */
	private static final class Sender implements Producing {

		private final ConfigurableApplicationContext context;

		private final KinesisTemplate template;

		private final String stream;

		private final Stored stored;

		Sender(Task task, Stored stored) {
			this.context = start(task, SendingApplication.class,
					properties(task, "kinesis.producer.", "aggregation", "buffer-memory", "linger", "target-delay"));
			this.template = this.context.getBean(KinesisTemplate.class);
			this.stream = task.stream();
			this.stored = stored;
		}

		@Override
		public void send(long index, String key, byte[] data) {
			this.template.send(this.stream, key, data).whenComplete((result, ex) -> {
				if (ex != null) {
					this.stored.failed(index, ex);
				}
				else {
					this.stored.stored(index);
				}
			});
		}

		/**
		 * The template sends without a flush.
		 */
		@Override
		public void flush() {
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

	/**
	 * Receives by a listener method.
	 */
	private static final class Worker implements Consuming {

		private final ConfigurableApplicationContext context;

		Worker(Task task, Receiver receiver) {
			List<String> properties = properties(task, "kinesis.consumer.", "idle-between-reads");
			properties.add("--kinesis.dynamodb.endpoint=" + task.dynamoDb());
			properties.add("--benchmark.stream=" + task.stream());
			properties.add("--benchmark.batch=" + task.is("batch"));
			SharedReceiver.receiver = receiver;
			this.context = start(task, ReceivingApplication.class, properties);
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

	/**
	 * Holds the receiver for the application context.
	 */
	private static final class SharedReceiver {

		@SuppressWarnings("NullAway.Init")
		private static volatile Receiver receiver;

		private SharedReceiver() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SendingApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ReceivingApplication {

		@Bean
		@ConditionalOnProperty(name = "benchmark.batch", havingValue = "false")
		RecordListener recordListener() {
			return new RecordListener(SharedReceiver.receiver);
		}

		@Bean
		@ConditionalOnProperty(name = "benchmark.batch", havingValue = "true")
		BatchListener batchListener() {
			return new BatchListener(SharedReceiver.receiver);
		}

	}

	record RecordListener(Receiver receiver) {

		@KinesisListener(id = "benchmark", streams = "${benchmark.stream}")
		void onRecord(byte[] data) {
			this.receiver.received(data);
		}

	}

	record BatchListener(Receiver receiver) {

		@KinesisListener(id = "benchmark", streams = "${benchmark.stream}")
		void onRecords(List<byte[]> batch) {
			for (byte[] data : batch) {
				this.receiver.received(data);
			}
		}

	}

}
