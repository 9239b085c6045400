package io.kinesisspring.producer;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The threads of a template that was given none: as many as there is work for at the same
 * time, so that a callback that blocks holds up neither requests nor other callbacks.
 */
final class TemplateExecutor extends ThreadPoolTaskExecutor {

	private static final long serialVersionUID = 1L;

	TemplateExecutor() {
		setThreadNamePrefix("kinesis-template-");
		setDaemon(true);
		setCorePoolSize(0);
		setQueueCapacity(0);
		initialize();
	}

}
