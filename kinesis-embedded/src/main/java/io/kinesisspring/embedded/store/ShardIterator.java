package io.kinesisspring.embedded.store;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * A position in a shard, which clients pass from call to call.
 *
 * @param stream the stream's name
 * @param streamCreated when the stream was created, so that an iterator does not outlive
 * it
 * @param shard the shard's id
 * @param position the place of the next record to read
 * @param issuedAt when the iterator was made, in milliseconds since the epoch
 * @since 0.1.0
 */
public record ShardIterator(String stream, long streamCreated, String shard, long position, long issuedAt) {

	private static final int FIXED = 8 + 8 + 8 + 8 + 2 + 2 + 4;

	/**
	 * Write this iterator.
	 * @return the iterator in Base64
	 */
	public String encode() {
		byte[] streamBytes = this.stream.getBytes(StandardCharsets.UTF_8);
		byte[] shardBytes = this.shard.getBytes(StandardCharsets.UTF_8);
		ByteBuffer buffer = ByteBuffer.allocate(FIXED + streamBytes.length + shardBytes.length);
		// The service's iterators start with zeros, too
		buffer.putLong(1).putLong(this.streamCreated).putLong(this.position).putLong(this.issuedAt);
		buffer.putShort((short) streamBytes.length).put(streamBytes);
		buffer.putShort((short) shardBytes.length).put(shardBytes);
		buffer.putInt(checksum(buffer.array(), buffer.position()));
		return Base64.getEncoder().encodeToString(buffer.array());
	}

	/**
	 * Parse an iterator of a client.
	 * @param encoded the iterator in Base64
	 * @return the iterator
	 */
	public static ShardIterator decode(String encoded) {
		try {
			byte[] bytes = Base64.getDecoder().decode(encoded);
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			if (bytes.length < FIXED || buffer.getInt(bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
				throw invalid();
			}
			buffer.getLong();
			long created = buffer.getLong();
			long position = buffer.getLong();
			long issuedAt = buffer.getLong();
			return new ShardIterator(text(buffer), created, text(buffer), position, issuedAt);
		}
		catch (IllegalArgumentException | BufferUnderflowException ex) {
			throw invalid();
		}
	}

	private static String text(ByteBuffer buffer) {
		byte[] bytes = new byte[Math.max(0, buffer.getShort())];
		buffer.get(bytes);
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static RuntimeException invalid() {
		return Errors.invalidArgument("Invalid ShardIterator.");
	}

	private static int checksum(byte[] bytes, int length) {
		CRC32 checksum = new CRC32();
		checksum.update(bytes, 0, length);
		return (int) checksum.getValue();
	}

}
