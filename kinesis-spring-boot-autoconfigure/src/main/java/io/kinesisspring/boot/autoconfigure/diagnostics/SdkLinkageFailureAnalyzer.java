package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains that modules of the AWS SDK have incompatible versions. It runs before
 * {@link KinesisFailureAnalyzer}, because the SDK wraps such an error like a network
 * failure, and before Boot's analyzer of missing methods, which does not know the remedy.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SdkLinkageFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {

	private static final String PACKAGE = "software.amazon.awssdk.";

	private static final int FRAMES = 5;

	private static final String REMEDY = """
			Bring all modules of the AWS SDK to one version. \
			'mvn dependency:tree -Dincludes=software.amazon.awssdk' shows where each comes from. \
			Import the BOM software.amazon.awssdk:bom of that version in the dependencyManagement of your pom.xml, \
			or exclude what brings another one. \
			DynamoDB Local brings another one: use kinesis-spring-boot-starter-test in its place, \
			which has it without its SDK.""";

	SdkLinkageFailureAnalyzer() {
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LinkageError cause) {
		if (!concernsTheSdk(cause)) {
			return null;
		}
		SdkVersions versions = SdkVersions.on(SdkLinkageFailureAnalyzer.class.getClassLoader());
		String found = versions.differ() ? "Its modules on the class path are of different versions"
				: "These of its modules are on the class path";
		return new FailureAnalysis(
				"Classes of the AWS SDK do not fit together: " + cause + "\n\n" + found + ":\n\n" + versions, REMEDY,
				cause);
	}

	private static boolean concernsTheSdk(LinkageError error) {
		return String.valueOf(error.getMessage()).replace('/', '.').contains(PACKAGE)
				|| Arrays.stream(error.getStackTrace())
					.limit(FRAMES)
					.anyMatch((frame) -> frame.getClassName().startsWith(PACKAGE));
	}

}
