package io.kinesisspring.wire;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * The records of one request to PutRecords. It refers to their data and does not copy
 * them, so nobody may change them until the call is done. Create it on one thread; then
 * any number may read it.
 *
 * @since 0.1.0
 */
public final class RecordsRequest {

	private static final String ARN_PREFIX = "arn:";

	private final String stream;

	private final @Nullable String[] partitionKeys;

	private final @Nullable String[] explicitHashKeys;

	private final byte[][] data;

	private int size;

	/**
	 * Create a request without records.
	 * @param stream the name or the ARN of the stream
	 * @param capacity the maximum number of records
	 */
	public RecordsRequest(String stream, int capacity) {
		this.stream = stream;
		this.partitionKeys = new String[capacity];
		this.explicitHashKeys = new String[capacity];
		this.data = new byte[capacity][];
	}

	/**
	 * Add a record.
	 * @param partitionKey its partition key; {@code null} to send none
	 * @param explicitHashKey its explicit hash key; {@code null} to send none
	 * @param data its data
	 */
	public void add(@Nullable String partitionKey, @Nullable String explicitHashKey, byte[] data) {
		this.partitionKeys[this.size] = partitionKey;
		this.explicitHashKeys[this.size] = explicitHashKey;
		this.data[this.size] = data;
		this.size++;
	}

	int size() {
		return this.size;
	}

	@Nullable String streamName() {
		return this.stream.startsWith(ARN_PREFIX) ? null : this.stream;
	}

	@Nullable String streamArn() {
		return this.stream.startsWith(ARN_PREFIX) ? this.stream : null;
	}

	@Nullable String partitionKey(int index) {
		return this.partitionKeys[index];
	}

	@Nullable String explicitHashKey(int index) {
		return this.explicitHashKeys[index];
	}

	byte[] data(int index) {
		return this.data[index];
	}

	/**
	 * Return the request as the AWS SDK has it.
	 * @return the request, with the same data
	 */
	public PutRecordsRequest toSdk() {
		List<PutRecordsRequestEntry> entries = new ArrayList<>(this.size);
		for (int i = 0; i < this.size; i++) {
			entries.add(PutRecordsRequestEntry.builder()
				.partitionKey(this.partitionKeys[i])
				.explicitHashKey(this.explicitHashKeys[i])
				.data(SdkBytes.fromByteArrayUnsafe(this.data[i]))
				.build());
		}
		return withoutRecords().toBuilder().records(entries).build();
	}

	PutRecordsRequest withoutRecords() {
		return PutRecordsRequest.builder().streamName(streamName()).streamARN(streamArn()).records(List.of()).build();
	}

}
