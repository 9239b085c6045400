package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Which of the region's endpoints the clients use. For {@code null} values the AWS SDK
 * decides, which reads the environment and the profile.
 *
 * @param fips whether to use the endpoints that comply with FIPS 140
 * @param dualStack whether to use the endpoints that have IPv6 addresses, too
 */
record EndpointVariants(@Nullable Boolean fips, @Nullable Boolean dualStack) {

	/**
	 * Apply the variants to a client.
	 * @param builder the client's builder
	 * @param endpoint the endpoint that replaces the region's, if any
	 */
	void applyTo(AwsClientBuilder<?, ?> builder, @Nullable URI endpoint) {
		if (this.fips != null) {
			requireRegionalEndpoint("kinesis.fips", this.fips, endpoint);
			builder.fipsEnabled(this.fips);
		}
		if (this.dualStack != null) {
			requireRegionalEndpoint("kinesis.dual-stack", this.dualStack, endpoint);
			builder.dualstackEnabled(this.dualStack);
		}
	}

	/**
	 * The SDK would reject the combination with each request.
	 */
	private static void requireRegionalEndpoint(String property, boolean enabled, @Nullable URI endpoint) {
		if (enabled && endpoint != null) {
			throw new KinesisConfigurationException(
					property + " is true, but the endpoint is set to '" + endpoint
							+ "': the AWS SDK chooses a variant of the region's endpoint only",
					"Set " + property + " to false, or remove kinesis.endpoint and kinesis.dynamodb.endpoint");
		}
	}

}
