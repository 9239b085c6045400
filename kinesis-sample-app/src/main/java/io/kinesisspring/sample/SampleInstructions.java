package io.kinesisspring.sample;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Says where to look and how to stop the application.
 */
@Component
class SampleInstructions {

	private static final Log logger = LogFactory.getLog(SampleInstructions.class);

	private final Environment environment;

	private final SampleProperties properties;

	SampleInstructions(Environment environment, SampleProperties properties) {
		this.environment = environment;
		this.properties = properties;
	}

	@EventListener(ApplicationReadyEvent.class)
	void log() {
		logger.info(text());
	}

	String text() {
		return "Open http://localhost:%s to see the flights. %s"
			.formatted(this.environment.getProperty("local.server.port"), this.properties.exitWhenDone()
					? "The application exits when all flights have arrived." : "Press Ctrl+C to stop the application.");
	}

}
