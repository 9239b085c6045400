package io.kinesisspring.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import software.amazon.awssdk.services.kinesis.model.Record;

/**
 * Records as a response has them, in chunks of random size.
 */
public final class EncodedResponse {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private EncodedResponse() {
	}

	/**
	 * Encode records, and decode the response.
	 */
	public static StoredRecords of(List<Record> records, Random random) {
		EncodedResponse response = new EncodedResponse();
		response.head(5, 1);
		response.text("Records");
		response.head(4, records.size());
		records.forEach(response::record);
		List<ByteBuffer> chunks = RandomAnswer.chunks(response.out.toByteArray(), random)
			.stream()
			.map((chunk) -> ByteBuffer.allocate(chunk.remaining()).put(chunk).flip())
			.toList();
		return Objects.requireNonNull(RecordsDecoder.decode(chunks).records());
	}

	private void record(Record record) {
		boolean timed = record.approximateArrivalTimestamp() != null;
		head(5, timed ? 4 : 3);
		text("SequenceNumber");
		text(record.sequenceNumber());
		text("PartitionKey");
		if (record.partitionKey() != null) {
			text(record.partitionKey());
		}
		else {
			this.out.write(CborInput.NULL);
		}
		if (timed) {
			text("ApproximateArrivalTimestamp");
			head(0, record.approximateArrivalTimestamp().toEpochMilli());
		}
		text("Data");
		byte[] data = record.data().asByteArray();
		head(2, data.length);
		this.out.writeBytes(data);
	}

	private void text(String text) {
		byte[] content = text.getBytes(StandardCharsets.UTF_8);
		head(3, content.length);
		this.out.writeBytes(content);
	}

	private void head(int type, long number) {
		this.out.write(type << 5 | 27);
		this.out.writeBytes(ByteBuffer.allocate(8).putLong(number).array());
	}

}
