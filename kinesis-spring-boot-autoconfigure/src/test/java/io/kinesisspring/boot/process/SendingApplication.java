package io.kinesisspring.boot.process;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Sends for as long as it can, and writes down what it is told of each record.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SendingApplication {

	public static void main(String[] args) {
		new SpringApplicationBuilder(SendingApplication.class).web(WebApplicationType.NONE).run(args);
	}

	@Bean
	Sender sender(KinesisOperations kinesis) throws IOException {
		return new Sender(kinesis, Path.of(System.getProperty("outcomes")));
	}

	/**
	 * Sends on one thread, until the template accepts nothing more.
	 */
	static final class Sender implements ApplicationRunner, DisposableBean {

		private final KinesisOperations kinesis;

		private final PrintStream outcomes;

		private final Thread thread = new Thread(this::send, "sender");

		private volatile boolean open = true;

		Sender(KinesisOperations kinesis, Path file) throws IOException {
			this.kinesis = kinesis;
			this.outcomes = new PrintStream(file.toFile());
		}

		@Override
		public void run(ApplicationArguments args) {
			this.thread.start();
		}

		private void send() {
			int number = 0;
			while (this.open) {
				String text = Integer.toString(number++);
				this.kinesis.send("load", "key-" + number % 10_000, text).whenComplete((result, ex) -> {
					this.outcomes.println(((ex != null) ? "failed " : "stored ") + text);
					if (ex instanceof SendFailedException failure && failure.reason() == Reason.CLOSED) {
						this.open = false;
					}
				});
			}
			this.outcomes.println("sent " + number);
		}

		@Override
		public void destroy() throws InterruptedException {
			this.thread.join();
			this.outcomes.close();
		}

	}

}
