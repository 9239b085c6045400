package io.kinesisspring.embedded;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The properties that connect an application to a server.
 */
final class ConnectionProperties {

	private ConnectionProperties() {
	}

	static Map<String, String> of(EmbeddedKinesisServer server, String region) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("kinesis.endpoint", server.endpoint().toString());
		properties.put("kinesis.region", region);
		properties.put("kinesis.credentials.access-key", "embedded");
		properties.put("kinesis.credentials.secret-key", "embedded");
		server.dynamoDbEndpoint()
			.ifPresentOrElse((endpoint) -> properties.put("kinesis.dynamodb.endpoint", endpoint.toString()),
					() -> properties.put("kinesis.lease.store", "memory"));
		return properties;
	}

}
