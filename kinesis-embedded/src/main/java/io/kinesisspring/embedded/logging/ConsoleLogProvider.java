package io.kinesisspring.embedded.logging;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The SLF4J provider of {@link ConsoleLogging}. It is chosen by name and not registered
 * as a service, so it competes with no other provider.
 *
 * @since 0.1.0
 */
public final class ConsoleLogProvider implements SLF4JServiceProvider {

	private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

	private final IMarkerFactory markers = new BasicMarkerFactory();

	private final MDCAdapter mdc = new NOPMDCAdapter();

	@Override
	public void initialize() {
	}

	@Override
	public ILoggerFactory getLoggerFactory() {
		return (name) -> this.loggers.computeIfAbsent(name, ConsoleLogger::new);
	}

	@Override
	public IMarkerFactory getMarkerFactory() {
		return this.markers;
	}

	@Override
	public MDCAdapter getMDCAdapter() {
		return this.mdc;
	}

	@Override
	public String getRequestedApiVersion() {
		return "2.0.99";
	}

}
