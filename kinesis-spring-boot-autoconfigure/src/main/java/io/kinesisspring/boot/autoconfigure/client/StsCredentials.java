package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

/**
 * Credentials from STS. They are renewed in the background, so that no request waits.
 */
final class StsCredentials implements DisposableBean {

	private static final String SESSION_NAME = "kinesis-spring-boot";

	/** As the API reference of AssumeRole requires it. */
	private static final Pattern VALID_SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");

	private final EndpointVariants variants;

	private final ClientCustomizers customizers;

	private final Duration callTimeout;

	private final List<SdkAutoCloseable> resources = new CopyOnWriteArrayList<>();

	StsCredentials(EndpointVariants variants, ClientCustomizers customizers, Duration callTimeout) {
		this.variants = variants;
		this.customizers = customizers;
		this.callTimeout = callTimeout;
	}

	/**
	 * Assume a role.
	 * @param roleArn the role's ARN
	 * @param properties the external id and the name of the session, if any
	 * @param base the identity with which the role is assumed
	 */
	AwsCredentialsProvider assumeRole(String roleArn, KinesisProperties.Credentials properties,
			AwsCredentialsProvider base, Region region) {
		String externalId = properties.externalId();
		String sessionName = sessionName(properties.sessionName());
		StsAssumeRoleCredentialsProvider provider = StsAssumeRoleCredentialsProvider.builder()
			.stsClient(client(base, region))
			.asyncCredentialUpdateEnabled(true)
			.refreshRequest((request) -> request.roleArn(roleArn)
				.roleSessionName(sessionName)
				.externalId(StringUtils.hasText(externalId) ? externalId : null))
			.build();
		this.resources.add(0, provider);
		return provider;
	}

	private static String sessionName(@Nullable String name) {
		if (!StringUtils.hasText(name)) {
			return SESSION_NAME;
		}
		if (!VALID_SESSION_NAME.matcher(name).matches()) {
			throw new KinesisConfigurationException("kinesis.credentials.session-name is '" + name + "'",
					"Set it to 2 to 64 characters out of A-Z a-z 0-9 _ + = , . @ -");
		}
		return name;
	}

	/**
	 * If the environment names a token file, as for service accounts of EKS, its identity
	 * has the place that it has in the SDK's default chain: after keys in system
	 * properties and environment variables, before all others.
	 */
	AwsCredentialsProvider withWebIdentity(AwsCredentialsProvider others, Region region) {
		if (SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isEmpty()) {
			return others;
		}
		StsWebIdentityTokenFileCredentialsProvider provider = StsWebIdentityTokenFileCredentialsProvider.builder()
			.stsClient(client(AnonymousCredentialsProvider.create(), region))
			.asyncCredentialUpdateEnabled(true)
			.build();
		this.resources.add(0, provider);
		return AwsCredentialsProviderChain.of(SystemPropertyCredentialsProvider.create(),
				EnvironmentVariableCredentialsProvider.create(), provider, others);
	}

	private StsClient client(AwsCredentialsProvider credentials, Region region) {
		StsClientBuilder builder = StsClient.builder()
			.region(region)
			.credentialsProvider(credentials)
			.overrideConfiguration(RequestPolicy.STS.within(this.callTimeout).toOverrideConfiguration());
		this.variants.applyTo(builder, null);
		this.customizers.customize(builder);
		StsClient client = build(builder);
		this.resources.add(client);
		return client;
	}

	private static StsClient build(StsClientBuilder builder) {
		try {
			return builder.build();
		}
		catch (SdkClientException ex) {
			throw new KinesisConfigurationException(
					"The AWS SDK has no synchronous HTTP client, with which it gets the credentials of a role ("
							+ ex.getMessage() + ")",
					"Add the dependency software.amazon.awssdk:url-connection-client, which kinesis-spring-boot-starter brings, or choose a client with a KinesisClientCustomizer<StsClientBuilder> bean",
					ex);
		}
	}

	@Override
	public void destroy() {
		this.resources.forEach(SdkAutoCloseable::close);
	}

}
