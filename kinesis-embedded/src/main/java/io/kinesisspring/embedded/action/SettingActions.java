package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.StreamSettings;

/**
 * Retention, mode, record size and encryption of a stream.
 */
final class SettingActions {

	private SettingActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("IncreaseStreamRetentionPeriod", SettingActions::increaseRetention);
		actions.put("DecreaseStreamRetentionPeriod", SettingActions::decreaseRetention);
		actions.put("UpdateStreamMode", SettingActions::updateMode);
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
		arguments.stream().settings((settings) -> settings.withOnDemand("ON_DEMAND".equals(mode)));
		return new ActionResponse.Empty();
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
