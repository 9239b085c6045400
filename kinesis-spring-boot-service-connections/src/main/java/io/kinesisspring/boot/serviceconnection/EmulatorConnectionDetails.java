package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;

/**
 * Connects to an emulator. An emulator of Kinesis alone leaves the endpoint of DynamoDB
 * open.
 */
interface EmulatorConnectionDetails extends KinesisConnectionDetails {

	/**
	 * The emulator.
	 */
	Emulator emulator();

	/**
	 * The endpoint as the application reaches it.
	 */
	URI address();

	/**
	 * The environment variables of the container.
	 */
	Map<String, String> environment();

	@Override
	default URI getEndpoint() {
		return address();
	}

	@Override
	default @Nullable URI getDynamoDbEndpoint() {
		return emulator().hasDynamoDb() ? address() : null;
	}

	@Override
	default String getRegion() {
		return Emulator.region(environment());
	}

	@Override
	default String getAccessKey() {
		return Emulator.accessKey(environment());
	}

	@Override
	default String getSecretKey() {
		return Emulator.secretKey(environment());
	}

}
