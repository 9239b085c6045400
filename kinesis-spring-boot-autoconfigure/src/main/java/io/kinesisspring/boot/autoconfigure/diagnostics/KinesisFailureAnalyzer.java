package io.kinesisspring.boot.autoconfigure.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.IamPermission;
import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.boot.autoconfigure.OptionProperties;

/**
 * Explains why an application with Kinesis did not start: a configuration error, a
 * missing permission, or why a listener could not start. It runs before Boot's analyzers,
 * which know the cause but not the listener.
 */
@Order(KinesisFailureAnalyzer.ORDER)
final class KinesisFailureAnalyzer extends AbstractFailureAnalyzer<KinesisException> {

	/**
	 * After the analysis of incompatible classes, before all analyzers of Spring Boot.
	 */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	private static final String NO_CREDENTIALS = "Unable to load credentials";

	private static final String WITHOUT_LISTENERS = ", or set kinesis.consumer.auto-startup=false to start the application without its listeners.";

	KinesisFailureAnalyzer() {
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, KinesisException cause) {
		if (cause instanceof KinesisAccessDeniedException denied) {
			return new FailureAnalysis(denied.getDescription() + ".", denied.getAction()
					+ ", with this policy for example:\n\n" + IamPermission.policy(denied.getPermissions()), cause);
		}
		if (cause instanceof KinesisConfigurationException invalid) {
			KinesisConfigurationException configuration = (invalid instanceof InvalidOptionException option)
					? OptionProperties.translate(option, "kinesis.listeners.<id>") : invalid;
			return new FailureAnalysis(configuration.getDescription() + ".", configuration.getAction() + ".", cause);
		}
		if (findCause(rootFailure, ApplicationContextException.class) != null) {
			return listenerNotStarted(cause);
		}
		return null;
	}

	private FailureAnalysis listenerNotStarted(KinesisException cause) {
		SdkClientException client = findCause(cause, SdkClientException.class);
		if (client != null && String.valueOf(client.getMessage()).startsWith(NO_CREDENTIALS)) {
			return new FailureAnalysis(
					"No AWS credentials were found: no kinesis.credentials.* property is set, and the AWS SDK found none in the environment.",
					"Run the application with a role (a task or pod identity, an instance profile), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or set kinesis.credentials.*, or declare an AwsCredentialsProvider bean"
							+ WITHOUT_LISTENERS,
					cause);
		}
		if (client != null) {
			return new FailureAnalysis(cause.getMessage() + ".",
					"Check that the endpoint can be reached: the network, a proxy or VPC endpoint, and kinesis.endpoint, kinesis.dynamodb.endpoint and kinesis.region"
							+ WITHOUT_LISTENERS,
					cause);
		}
		return new FailureAnalysis(cause.getMessage() + ".", "Correct this and start again" + WITHOUT_LISTENERS, cause);
	}

}
