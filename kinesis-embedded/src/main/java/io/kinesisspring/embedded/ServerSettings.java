package io.kinesisspring.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.OnDemandScaling;
import io.kinesisspring.embedded.store.Quotas;

/**
 * What {@link EmbeddedKinesisServer.Builder} sets, with the defaults.
 */
final class ServerSettings {

	final Map<String, StreamDefinition> streams = new LinkedHashMap<>();

	int port;

	int dynamoDbPort;

	@Nullable Boolean dynamoDb;

	String region = "us-east-1";

	MovableClock clock = MovableClock.system();

	Delays delays = Delays.none();

	int shardLimit = 20_000;

	long memoryLimit = Runtime.getRuntime().maxMemory() / 2;

	Duration iteratorLifetime = Duration.ofMinutes(5);

	OnDemandScaling scaling = OnDemandScaling.none();

	@Nullable Path directory;

	ServerSettings() {
	}

	/**
	 * Copy settings, so that a builder may go on changing its own.
	 */
	ServerSettings(ServerSettings other) {
		this.streams.putAll(other.streams);
		this.port = other.port;
		this.dynamoDbPort = other.dynamoDbPort;
		this.dynamoDb = other.dynamoDb;
		this.region = other.region;
		this.clock = other.clock;
		this.delays = other.delays;
		this.shardLimit = other.shardLimit;
		this.memoryLimit = other.memoryLimit;
		this.iteratorLifetime = other.iteratorLifetime;
		this.scaling = other.scaling;
		this.directory = other.directory;
	}

	Quotas quotas() {
		return new Quotas(this.shardLimit, this.memoryLimit, this.iteratorLifetime);
	}

}
