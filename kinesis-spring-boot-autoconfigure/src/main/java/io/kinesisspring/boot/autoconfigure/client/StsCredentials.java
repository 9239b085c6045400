package io.kinesisspring.boot.autoconfigure.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.StsAsyncClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials from STS. The SDK's own providers need a synchronous HTTP client on the
 * class path. This class uses the asynchronous client. Credentials are renewed in the
 * background, so that no request waits.
 */
final class StsCredentials implements DisposableBean {

	private static final String SESSION_NAME = "kinesis-spring-boot";

	private final EndpointVariants variants;

	private final ClientCustomizers customizers;

	private final List<SdkAutoCloseable> resources = new CopyOnWriteArrayList<>();

	StsCredentials(EndpointVariants variants, ClientCustomizers customizers) {
		this.variants = variants;
		this.customizers = customizers;
	}

	AwsCredentialsProvider assumeRole(String roleArn, @Nullable String externalId, AwsCredentialsProvider base,
			Region region) {
		StsAssumeRoleCredentialsProvider provider = StsAssumeRoleCredentialsProvider.builder()
			.stsClient(client(base, region))
			.asyncCredentialUpdateEnabled(true)
			.refreshRequest((request) -> request.roleArn(roleArn)
				.roleSessionName(SESSION_NAME)
				.externalId(StringUtils.hasText(externalId) ? externalId : null))
			.build();
		this.resources.add(0, provider);
		return provider;
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
		StsAsyncClientBuilder builder = StsAsyncClient.builder()
			.region(region)
			.credentialsProvider(credentials)
			.overrideConfiguration(RequestPolicy.STS.toOverrideConfiguration());
		this.variants.applyTo(builder, null);
		this.customizers.customize(builder);
		BlockingStsClient client = new BlockingStsClient(builder.build());
		this.resources.add(client);
		return client;
	}

	@Override
	public void destroy() {
		this.resources.forEach(SdkAutoCloseable::close);
	}

}
