package io.kinesisspring.embedded.protocol;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;

/**
 * Frames of {@code application/vnd.amazon.eventstream}: lengths, headers, payload, each
 * part with a checksum.
 *
 * @since 0.1.0
 */
public final class EventStream {

	/**
	 * The media type of an answer that is an event stream.
	 */
	public static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

	private static final int PRELUDE = 12;

	private static final int CHECKSUM = 4;

	private static final byte STRING = 7;

	private EventStream() {
	}

	/**
	 * Encode an event.
	 * @param allocator where the frame is allocated
	 * @param type the event's type
	 * @param payload writes the event
	 * @return the frame
	 */
	public static ByteBuf event(ByteBufAllocator allocator, String type, Consumer<Output> payload) {
		return frame(allocator, payload, ":event-type", type, ":content-type", Protocol.JSON.contentType(),
				":message-type", "event");
	}

	/**
	 * Encode an error, which ends a stream.
	 * @param allocator where the frame is allocated
	 * @param error the error
	 * @return the frame
	 */
	public static ByteBuf exception(ByteBufAllocator allocator, ServiceException error) {
		return frame(allocator, error::writeTo, ":exception-type", error.type(), ":content-type",
				Protocol.JSON.contentType(), ":message-type", "exception");
	}

	private static ByteBuf frame(ByteBufAllocator allocator, Consumer<Output> payload, String... headers) {
		ByteBuf frame = allocator.buffer();
		frame.writeZero(PRELUDE);
		for (int i = 0; i < headers.length; i += 2) {
			writeHeader(frame, headers[i], headers[i + 1]);
		}
		int headersLength = frame.writerIndex() - PRELUDE;
		try (Output output = Protocol.JSON.output(new ByteBufOutputStream(frame))) {
			payload.accept(output);
		}
		catch (RuntimeException ex) {
			frame.release();
			throw ex;
		}
		frame.setInt(0, frame.writerIndex() + CHECKSUM);
		frame.setInt(4, headersLength);
		frame.setInt(8, checksum(frame, 8));
		frame.writeInt(checksum(frame, frame.writerIndex()));
		return frame;
	}

	private static void writeHeader(ByteBuf frame, String name, String value) {
		byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
		byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
		frame.writeByte(nameBytes.length).writeBytes(nameBytes);
		frame.writeByte(STRING).writeShort(valueBytes.length).writeBytes(valueBytes);
	}

	private static int checksum(ByteBuf frame, int length) {
		CRC32 checksum = new CRC32();
		checksum.update(frame.nioBuffer(0, length));
		return (int) checksum.getValue();
	}

}
