package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Resolves the region, in this order: the region for Kinesis, the application's provider,
 * the SDK's default provider.
 */
final class RegionResolver {

	private final KinesisConnectionDetails connectionDetails;

	private final ObjectProvider<AwsRegionProvider> regionProvider;

	RegionResolver(KinesisConnectionDetails connectionDetails, ObjectProvider<AwsRegionProvider> regionProvider) {
		this.connectionDetails = connectionDetails;
		this.regionProvider = regionProvider;
	}

	Region resolve() {
		String region = this.connectionDetails.getRegion();
		if (StringUtils.hasText(region)) {
			return Region.of(region);
		}
		try {
			AwsRegionProvider provider = this.regionProvider.getIfUnique(() -> new DefaultAwsRegionProviderChain());
			return provider.getRegion();
		}
		catch (SdkClientException ex) {
			URI endpoint = this.connectionDetails.getEndpoint();
			if (LocalEndpoint.isLocal(endpoint)) {
				throw new KinesisConfigurationException(
						"kinesis.endpoint is '" + endpoint
								+ "', a server on this machine, and kinesis.region is not set",
						LocalEndpoint.NEEDED, ex);
			}
			throw new KinesisConfigurationException(
					"kinesis.region is not set and no region was found elsewhere (" + ex.getMessage() + ")",
					"Set kinesis.region to a region such as 'eu-central-1', or AWS_REGION in the environment, or declare an AwsRegionProvider bean",
					ex);
		}
	}

}
