package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.RecordDistributionStrategy;
import io.kinesisspring.embedded.store.StreamSettings;

/**
 * Retention, mode, record size and encryption of a stream.
 */
final class SettingActions {

	static final List<String> STRATEGIES = Stream.of(RecordDistributionStrategy.values())
		.map(RecordDistributionStrategy::name)
		.toList();

	private SettingActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("IncreaseStreamRetentionPeriod", SettingActions::increaseRetention);
		actions.put("DecreaseStreamRetentionPeriod", SettingActions::decreaseRetention);
		actions.put("UpdateStreamMode", SettingActions::updateMode);
		actions.put("UpdateStreamRecordDistributionStrategy", SettingActions::updateRecordDistribution);
		actions.put("UpdateStreamWarmThroughput", WarmThroughput::update);
		actions.put("UpdateMaxRecordSize", SettingActions::updateMaxRecordSize);
		actions.put("StartStreamEncryption", SettingActions::startEncryption);
		actions.put("StopStreamEncryption", SettingActions::stopEncryption);
	}

	private static ActionResponse increaseRetention(Arguments arguments) {
		int hours = retentionHours(arguments);
		DataStream stream = arguments.stream();
		if (hours < stream.settings().retentionHours()) {
			throw Errors.invalidArgument("Requested retention period (" + hours + " hours) for stream " + stream.name()
					+ " can not be shorter than existing retention period (" + stream.settings().retentionHours()
					+ " hours). Use DecreaseRetentionPeriod API.");
		}
		stream.settings((settings) -> settings.withRetentionHours(hours));
		return new ActionResponse.Empty();
	}

	private static ActionResponse decreaseRetention(Arguments arguments) {
		int hours = retentionHours(arguments);
		DataStream stream = arguments.stream();
		if (hours > stream.settings().retentionHours()) {
			throw Errors.invalidArgument("Requested retention period (" + hours + " hours) for stream " + stream.name()
					+ " can not be longer than existing retention period (" + stream.settings().retentionHours()
					+ " hours). Use IncreaseRetentionPeriod API.");
		}
		stream.settings((settings) -> settings.withRetentionHours(hours));
		return new ActionResponse.Empty();
	}

	private static int retentionHours(Arguments arguments) {
		long hours = arguments.requiredNumber("RetentionPeriodHours");
		if (hours < StreamSettings.MIN_RETENTION_HOURS) {
			throw Errors.invalidArgument(
					"Minimum allowed retention period is " + StreamSettings.MIN_RETENTION_HOURS + " hours.");
		}
		if (hours > StreamSettings.MAX_RETENTION_HOURS) {
			throw Errors.invalidArgument(
					"Maximum allowed retention period is " + StreamSettings.MAX_RETENTION_HOURS + " hours.");
		}
		return (int) hours;
	}

	private static ActionResponse updateMode(Arguments arguments) {
		arguments.required("StreamARN");
		Input details = arguments.required("StreamModeDetails", arguments.input().structure("StreamModeDetails"));
		String mode = details.string("StreamMode");
		new Validation().required("streamModeDetails.streamMode", mode)
			.oneOf("streamModeDetails.streamMode", mode, List.of("PROVISIONED", "ON_DEMAND"))
			.check();
		boolean onDemand = "ON_DEMAND".equals(mode);
		Integer warm = WarmThroughput.read(arguments, onDemand);
		DataStream stream = arguments.stream();
		int throughput = (warm != null) ? warm : 0;
		WarmThroughput.warm(stream, throughput,
				(settings) -> inMode(settings, onDemand).withWarmThroughputMiBps(throughput));
		return new ActionResponse.Empty();
	}

	private static StreamSettings inMode(StreamSettings settings, boolean onDemand) {
		if (settings.isAuto() && !onDemand) {
			throw Errors.invalidArgument("The record distribution strategy AUTO is only supported in on-demand mode. "
					+ "Set the strategy to USER_PARTITION_KEY before you change the mode.");
		}
		return settings.withOnDemand(onDemand);
	}

	private static ActionResponse updateRecordDistribution(Arguments arguments) {
		arguments.required("StreamARN");
		String strategy = arguments.required("RecordDistributionStrategy");
		new Validation().oneOf("recordDistributionStrategy", strategy, STRATEGIES).check();
		arguments.stream().settingsAtOnce((settings) -> distributed(settings, strategy));
		return new ActionResponse.Empty();
	}

	/**
	 * The same settings with a distribution of records.
	 */
	static StreamSettings distributed(StreamSettings settings, @Nullable String strategy) {
		if (strategy == null) {
			return settings;
		}
		if (strategy.equals(RecordDistributionStrategy.AUTO.name()) && !settings.onDemand()) {
			throw Errors.invalidArgument("The record distribution strategy AUTO is only supported in on-demand mode.");
		}
		return settings.withRecordDistribution(RecordDistributionStrategy.valueOf(strategy));
	}

	private static ActionResponse updateMaxRecordSize(Arguments arguments) {
		arguments.required("StreamARN");
		long size = arguments.requiredNumber("MaxRecordSizeInKiB");
		new Validation()
			.range("maxRecordSizeInKiB", size, StreamSettings.MIN_RECORD_SIZE_KIB, StreamSettings.MAX_RECORD_SIZE_KIB)
			.check();
		arguments.stream().settings((settings) -> settings.withMaxRecordSizeKiB((int) size));
		return new ActionResponse.Empty();
	}

	private static ActionResponse startEncryption(Arguments arguments) {
		requireKms(arguments);
		String keyId = arguments.required("KeyId");
		new Validation().length("keyId", keyId, 1, 2048).check();
		arguments.stream().settings((settings) -> settings.withKeyId(keyId));
		return new ActionResponse.Empty();
	}

	private static ActionResponse stopEncryption(Arguments arguments) {
		requireKms(arguments);
		arguments.required("KeyId");
		arguments.stream().settings((settings) -> settings.withKeyId(null));
		return new ActionResponse.Empty();
	}

	private static void requireKms(Arguments arguments) {
		String type = arguments.required("EncryptionType");
		new Validation().oneOf("encryptionType", type, List.of("KMS", "NONE")).check();
	}

}
