package io.kinesisspring.embedded.action;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.DataStream.Appended;
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
	 * @return the shard's id, or {@code null} if the call is not valid
	 */
	static @Nullable String shard(Arguments arguments) {
		try {
			PutEntry entry = entry(arguments);
			Validation validation = new Validation();
			validate(validation, 0, entry);
			validation.check();
			return arguments.readyStream().route(hashKey(entry)).id();
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
		requireHashKey(entry);
		DataStream stream = arguments.readyStream();
		requireSize(stream, 0, entry);
		String ordering = arguments.input().string("SequenceNumberForOrdering");
		if (ordering != null) {
			SequenceNumber.parse("SequenceNumberForOrdering", ordering);
		}
		Appended appended = append(stream, entry);
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
		entries.forEach(PutActions::requireHashKey);
		DataStream stream = arguments.readyStream();
		for (int i = 0; i < entries.size(); i++) {
			requireSize(stream, i + 1, entries.get(i));
		}
		if (size > MAX_REQUEST) {
			throw Errors.invalidArgument("Records size exceeds 10 MB limit");
		}
		PutResult[] results = new PutResult[entries.size()];
		Set<Shard> written = new HashSet<>();
		int failed = 0;
		for (int i = 0; i < results.length; i++) {
			results[i] = put(arguments, stream, entries.get(i));
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

	private static PutResult put(Arguments arguments, DataStream stream, PutEntry entry) {
		try {
			if (arguments.injection().partial() != null) {
				String shard = stream.route(hashKey(entry)).id();
				ServiceException error = arguments.injection().entryError(shard);
				if (error != null) {
					return new PutResult(null, error);
				}
			}
			return new PutResult(append(stream, entry), null);
		}
		catch (ServiceException ex) {
			if (ex.type().equals("ProvisionedThroughputExceededException")) {
				return new PutResult(null, ex);
			}
			throw ex;
		}
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

	private static Appended append(DataStream stream, PutEntry entry) {
		HashKey key = hashKey(entry);
		byte[] data = entry.data();
		String partitionKey = entry.partitionKey();
		if (data == null || partitionKey == null) {
			throw new IllegalStateException("Not validated");
		}
		Shard shard = stream.route(key);
		if (!shard.limiter().admitWrite(stream.limits(), entry.size(), stream.account().now())) {
			throw Errors.throughputExceeded("Rate exceeded for shard " + shard.id() + " in stream " + stream.name()
					+ " under account " + stream.account().id() + ".");
		}
		return stream.append(key, partitionKey, data);
	}

	private static HashKey hashKey(PutEntry entry) {
		if (entry.explicitHashKey() != null) {
			return HashKey.parse("ExplicitHashKey", entry.explicitHashKey());
		}
		return HashKey.ofPartitionKey((entry.partitionKey() != null) ? entry.partitionKey() : "");
	}

	private static void validate(Validation validation, int number, PutEntry entry) {
		String key = entry.partitionKey();
		if (entry.data() == null || key == null || key.isEmpty() || key.length() > MAX_KEY) {
			String prefix = prefix(number);
			validation.required(prefix + "data", entry.data())
				.required(prefix + "partitionKey", key)
				.length(prefix + "partitionKey", key, 1, MAX_KEY);
		}
		if (entry.explicitHashKey() != null) {
			validation.pattern(prefix(number) + "explicitHashKey", entry.explicitHashKey(), HashKey.PATTERN);
		}
	}

	private static void requireHashKey(PutEntry entry) {
		if (entry.explicitHashKey() != null) {
			HashKey.parse("ExplicitHashKey", entry.explicitHashKey());
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

	/**
	 * What became of an entry.
	 */
	private record PutResult(@Nullable Appended appended, @Nullable ServiceException error) {
	}

}
