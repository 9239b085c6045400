package io.kinesisspring.embedded.action;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Appended;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.SequenceNumber;
import io.kinesisspring.embedded.store.Shard;

/**
 * Writing records.
 */
final class PutActions {

	private static final int MAX_ENTRIES = 500;

	private static final int MAX_REQUEST = 10 << 20;

	private static final int MAX_KEY = 256;

	private static final int KIB = 1024;

	private PutActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("PutRecord", PutActions::putRecord);
		actions.put("PutRecords", PutActions::putRecords);
	}

	/**
	 * Find the shard that a {@code PutRecord} call would go to.
	 * @param arguments the call's arguments
	 * @return the shard's id, or {@code null} if the call is not valid, or if no key
	 * decides on the shard
	 */
	static @Nullable String shard(Arguments arguments) {
		try {
			PutEntry entry = entry(arguments);
			Validation validation = new Validation();
			validate(validation, 0, entry);
			validation.check();
			DataStream stream = arguments.readyStream();
			requireKey(stream, 0, entry);
			return stream.settings().isAuto() ? null : Placement.shardOf(stream, entry).id();
		}
		catch (ServiceException ex) {
			return null;
		}
	}

	private static ActionResponse putRecord(Arguments arguments) {
		PutEntry entry = entry(arguments);
		Validation validation = new Validation();
		validate(validation, 0, entry);
		validation.check();
		DataStream stream = arguments.readyStream();
		arguments.admitDryRun(stream);
		requireKey(stream, 0, entry);
		requireSize(stream, 0, entry);
		requireOrdering(stream, arguments.input().string("SequenceNumberForOrdering"));
		arguments.endDryRun();
		Appended appended = Placement.put(stream, entry, Injection.NONE).orThrow();
		appended.shard().notifyListeners();
		arguments.account().keepWithinMemory();
		return new ActionResponse.Body((output) -> {
			writeAppended(output, appended);
			writeEncryption(output, stream);
		});
	}

	private static PutEntry entry(Arguments arguments) {
		return new PutEntry(arguments.input().string("PartitionKey"), arguments.input().string("ExplicitHashKey"),
				arguments.input().blob("Data"));
	}

	private static ActionResponse putRecords(Arguments arguments) {
		List<PutEntry> entries = arguments.required("Records", arguments.input().list("Records", PutEntry.class));
		Validation validation = new Validation().size("records", entries, 1, MAX_ENTRIES);
		int size = 0;
		for (int i = 0; i < entries.size(); i++) {
			validate(validation, i + 1, entries.get(i));
			size += entries.get(i).size();
		}
		validation.check();
		DataStream stream = arguments.readyStream();
		arguments.admitDryRun(stream);
		for (int i = 0; i < entries.size(); i++) {
			requireKey(stream, i + 1, entries.get(i));
			requireSize(stream, i + 1, entries.get(i));
		}
		if (size > MAX_REQUEST) {
			throw Errors.invalidArgument("Records size exceeds 10 MB limit");
		}
		arguments.endDryRun();
		PutResult[] results = new PutResult[entries.size()];
		Set<Shard> written = new HashSet<>();
		int failed = 0;
		for (int i = 0; i < results.length; i++) {
			results[i] = Placement.put(stream, entries.get(i), arguments.injection());
			Appended appended = results[i].appended();
			if (appended != null) {
				written.add(appended.shard());
			}
			else {
				failed++;
			}
		}
		written.forEach(Shard::notifyListeners);
		arguments.account().keepWithinMemory();
		return writeResults(stream, results, failed);
	}

	private static ActionResponse writeResults(DataStream stream, PutResult[] results, int failed) {
		return new ActionResponse.Body((output) -> {
			output.member("FailedRecordCount", failed);
			output.startList("Records");
			for (PutResult result : results) {
				output.startObject();
				if (result.appended() != null) {
					writeAppended(output, result.appended());
				}
				else if (result.error() != null) {
					output.member("ErrorCode", result.error().type()).member("ErrorMessage", result.error().message());
				}
				output.endObject();
			}
			output.endList();
			writeEncryption(output, stream);
		});
	}

	private static void validate(Validation validation, int number, PutEntry entry) {
		String key = entry.partitionKey();
		if (entry.data() == null || (key != null && (key.isEmpty() || key.length() > MAX_KEY))) {
			String prefix = prefix(number);
			validation.required(prefix + "data", entry.data()).length(prefix + "partitionKey", key, 1, MAX_KEY);
		}
		if (entry.explicitHashKey() != null) {
			validation.pattern(prefix(number) + "explicitHashKey", entry.explicitHashKey(), HashKey.PATTERN);
		}
	}

	/**
	 * A stream with the strategy {@code AUTO} ignores both keys.
	 */
	private static void requireKey(DataStream stream, int number, PutEntry entry) {
		if (!stream.settings().isAuto()) {
			if (entry.partitionKey() == null) {
				new Validation().required(prefix(number) + "partitionKey", null).check();
			}
			if (entry.explicitHashKey() != null) {
				HashKey.parse("ExplicitHashKey", entry.explicitHashKey());
			}
		}
	}

	private static void requireOrdering(DataStream stream, @Nullable String number) {
		if (number != null && stream.settings().isAuto()) {
			throw Errors.invalidArgument("Stream has SERVICE_DEFINED PartitionKey enabled. "
					+ "SequenceNumberForOrdering must not be provided.");
		}
		if (number != null) {
			SequenceNumber.parse("SequenceNumberForOrdering", number);
		}
	}

	private static void requireSize(DataStream stream, int number, PutEntry entry) {
		int max = stream.settings().maxRecordSizeKiB() * KIB;
		if (entry.data() != null && entry.data().length > max) {
			throw Errors.validation("1 validation error detected: Value at '" + prefix(number)
					+ "data' failed to satisfy constraint: Member must have length less than or equal to " + max);
		}
		if (entry.size() > max) {
			throw Errors.invalidArgument("Record with data and partition key of " + entry.size()
					+ " bytes exceeds the maximum record size of " + max + " bytes.");
		}
	}

	private static String prefix(int number) {
		return (number > 0) ? "records." + number + ".member." : "";
	}

	private static void writeAppended(Output output, Appended appended) {
		output.member("SequenceNumber", appended.sequenceNumber().toString());
		output.member("ShardId", appended.shard().id());
	}

	private static void writeEncryption(Output output, DataStream stream) {
		if (stream.settings().keyId() != null) {
			output.member("EncryptionType", "KMS");
		}
	}

}
