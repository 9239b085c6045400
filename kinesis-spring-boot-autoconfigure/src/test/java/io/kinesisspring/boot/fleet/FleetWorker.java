package io.kinesisspring.boot.fleet;

import java.io.IOException;
import java.nio.file.Path;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;

/**
 * The application that {@link Fleet} runs in processes of their own: writes each record
 * to the journal before its listener returns.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class FleetWorker {

	public static void main(String[] args) {
		new SpringApplicationBuilder(FleetWorker.class).web(WebApplicationType.NONE).run(args);
	}

	@Bean
	JournalWriter journal(@Value("${fleet.journal}") Path file, @Value("${fleet.worker}") String worker)
			throws IOException {
		return new JournalWriter(file, worker);
	}

	@Bean
	PauseWitness pauseWitness(JournalWriter journal) {
		return new PauseWitness(journal::paused);
	}

	@Bean
	Orders orders(JournalWriter journal) {
		return new Orders(journal);
	}

	record Orders(JournalWriter journal) {

		@KinesisListener(id = "orders", streams = "${fleet.stream}")
		void onOrder(KinesisRecord<String> order) throws IOException {
			this.journal.processed(order);
		}

	}

}
