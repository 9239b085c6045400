package io.kinesisspring.wire;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Encodes a request to PutRecords, completely or not at all. The content is the same as
 * the SDK's, byte for byte. Requests with other fields are left to the SDK. Stateless.
 */
final class RecordsEncoder {

	private static final Set<String> REQUEST_FIELDS = Set.of("Records", "StreamName", "StreamARN");

	/** A newer SDK may have more fields. */
	private static final boolean ENTRIES_ARE_KNOWN = PutRecordsRequestEntry.builder()
		.build()
		.sdkFields()
		.stream()
		.map(SdkField::locationName)
		.collect(Collectors.toSet())
		.equals(Set.of("Data", "ExplicitHashKey", "PartitionKey"));

	private static final byte[] RECORDS = name("Records");

	private static final byte[] STREAM_NAME = name("StreamName");

	private static final byte[] STREAM_ARN = name("StreamARN");

	private static final byte[] DATA = name("Data");

	private static final byte[] EXPLICIT_HASH_KEY = name("ExplicitHashKey");

	private static final byte[] PARTITION_KEY = name("PartitionKey");

	/** The SDK splits texts of some 4,000 characters. The service's limit is lower. */
	private static final int LONGEST_TEXT = 2048;

	private static final int BEGIN_AND_END = 2;

	private RecordsEncoder() {
	}

	private static byte[] name(String name) {
		CborOutput output = new CborOutput((int) CborOutput.sizeOf(name.length()));
		output.text(name);
		return output.toBytes();
	}

	/**
	 * Encode a request.
	 * @param request the request
	 * @return its content
	 * @throws NotUnderstoodException if the SDK has to encode it
	 */
	static byte[] encode(PutRecordsRequest request) {
		List<PutRecordsRequestEntry> entries = request.records();
		requireKnownFields(request, entries);
		CborOutput output = new CborOutput(size(request, entries));
		output.start(CborInput.MAP);
		output.encoded(RECORDS);
		output.start(CborInput.ARRAY);
		for (PutRecordsRequestEntry entry : entries) {
			output.start(CborInput.MAP);
			output.encoded(DATA);
			output.data(entry.data().asByteArrayUnsafe());
			write(EXPLICIT_HASH_KEY, entry.explicitHashKey(), output);
			write(PARTITION_KEY, entry.partitionKey(), output);
			output.end();
		}
		output.end();
		write(STREAM_NAME, request.streamName(), output);
		write(STREAM_ARN, request.streamARN(), output);
		output.end();
		return output.toBytes();
	}

	private static void requireKnownFields(PutRecordsRequest request, List<PutRecordsRequestEntry> entries) {
		for (SdkField<?> field : request.sdkFields()) {
			if (!REQUEST_FIELDS.contains(field.locationName()) && field.getValueOrDefault(request) != null) {
				throw new NotUnderstoodException("a " + field.locationName());
			}
		}
		if (!ENTRIES_ARE_KNOWN || entries.isEmpty()) {
			throw new NotUnderstoodException("unknown entries, or none");
		}
	}

	private static int size(PutRecordsRequest request, List<PutRecordsRequestEntry> entries) {
		long size = BEGIN_AND_END + RECORDS.length + BEGIN_AND_END + size(STREAM_NAME, request.streamName())
				+ size(STREAM_ARN, request.streamARN());
		for (PutRecordsRequestEntry entry : entries) {
			SdkBytes data = entry.data();
			if (data == null) {
				throw new NotUnderstoodException("an entry without data");
			}
			size += BEGIN_AND_END + DATA.length + CborOutput.sizeOf(data.asByteArrayUnsafe().length)
					+ size(EXPLICIT_HASH_KEY, entry.explicitHashKey()) + size(PARTITION_KEY, entry.partitionKey());
		}
		if (size > Integer.MAX_VALUE) {
			throw new NotUnderstoodException("too much data");
		}
		return (int) size;
	}

	private static long size(byte[] name, @Nullable String text) {
		if (text == null) {
			return 0;
		}
		if (text.length() > LONGEST_TEXT) {
			throw new NotUnderstoodException("a long text");
		}
		return name.length + CborOutput.sizeOf(CborOutput.utf8Length(text));
	}

	private static void write(byte[] name, @Nullable String text, CborOutput output) {
		if (text != null) {
			output.encoded(name);
			output.text(text);
		}
	}

}
