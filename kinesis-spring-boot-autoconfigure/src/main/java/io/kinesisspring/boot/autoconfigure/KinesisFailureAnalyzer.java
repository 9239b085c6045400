package io.kinesisspring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextException;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;

/**
 * Explains why an application with Kinesis did not start: what is configured wrongly, or
 * why a listener could not be started.
 */
final class KinesisFailureAnalyzer extends AbstractFailureAnalyzer<KinesisException> {

	KinesisFailureAnalyzer() {
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, KinesisException cause) {
		if (cause instanceof KinesisConfigurationException configuration) {
			return new FailureAnalysis(configuration.getDescription() + ".", configuration.getAction() + ".", cause);
		}
		if (findCause(rootFailure, ApplicationContextException.class) != null) {
			return new FailureAnalysis(cause.getMessage() + ".",
					"Mend what is said above and start again, or set kinesis.consumer.auto-startup=false to start the application without its listeners.",
					cause);
		}
		return null;
	}

}
