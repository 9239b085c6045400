package io.kinesisspring.boot.autoconfigure.client;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

/**
 * Resolves the credentials, in this order: access keys, the profile, the application's
 * provider, the SDK's default provider. With all but the access keys it assumes the role,
 * if there is one.
 */
final class CredentialsResolver {

	private final KinesisConnectionDetails connectionDetails;

	private final KinesisProperties.Credentials properties;

	private final ObjectProvider<AwsCredentialsProvider> credentialsProvider;

	private final ObjectProvider<StsCredentials> sts;

	CredentialsResolver(KinesisConnectionDetails connectionDetails, KinesisProperties.Credentials properties,
			ObjectProvider<AwsCredentialsProvider> credentialsProvider, ObjectProvider<StsCredentials> sts) {
		this.connectionDetails = connectionDetails;
		this.properties = properties;
		this.credentialsProvider = credentialsProvider;
		this.sts = sts;
	}

	AwsCredentialsProvider resolve(Region region) {
		String accessKey = this.connectionDetails.getAccessKey();
		if (StringUtils.hasText(accessKey)) {
			return StaticCredentialsProvider.create(keys(accessKey));
		}
		if (StringUtils.hasText(this.connectionDetails.getSecretKey())) {
			throw incomplete("secret-key", "access-key");
		}
		String roleArn = this.properties.roleArn();
		AwsCredentialsProvider base = base(region);
		return StringUtils.hasText(roleArn) ? assume(roleArn, base, region) : base;
	}

	private AwsCredentials keys(String accessKey) {
		String secretKey = this.connectionDetails.getSecretKey();
		if (!StringUtils.hasText(secretKey)) {
			throw incomplete("access-key", "secret-key");
		}
		String sessionToken = this.connectionDetails.getSessionToken();
		return StringUtils.hasText(sessionToken) ? AwsSessionCredentials.create(accessKey, secretKey, sessionToken)
				: AwsBasicCredentials.create(accessKey, secretKey);
	}

	private static KinesisConfigurationException incomplete(String present, String missing) {
		return new KinesisConfigurationException(
				"kinesis.credentials." + present + " is set and kinesis.credentials." + missing + " is not",
				"Set both, or neither to use what the AWS SDK finds");
	}

	private AwsCredentialsProvider base(Region region) {
		String profile = this.properties.profile();
		if (StringUtils.hasText(profile)) {
			return ProfileCredentialsProvider.create(profile);
		}
		AwsCredentialsProvider own = this.credentialsProvider.getIfUnique();
		return (own != null) ? own : surroundings(region);
	}

	private AwsCredentialsProvider surroundings(Region region) {
		DefaultCredentialsProvider found = DefaultCredentialsProvider.builder().build();
		StsCredentials available = this.sts.getIfAvailable();
		return (available != null) ? available.withWebIdentity(found, region) : found;
	}

	private AwsCredentialsProvider assume(String roleArn, AwsCredentialsProvider base, Region region) {
		@Nullable StsCredentials available = this.sts.getIfAvailable();
		if (available == null) {
			throw new KinesisConfigurationException(
					"kinesis.credentials.role-arn is '" + roleArn
							+ "' and the AWS SDK's STS client, which assumes roles, is not on the class path",
					"Add the dependency software.amazon.awssdk:sts, or remove kinesis.credentials.role-arn");
		}
		return available.assumeRole(roleArn, this.properties, base, region);
	}

}
