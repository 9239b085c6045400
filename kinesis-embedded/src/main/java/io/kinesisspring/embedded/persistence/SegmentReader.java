package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a segment and checks it. Only the end of the last segment may be unfinished: a
 * process that is killed leaves a part of an entry there, and a power failure leaves
 * zeros or an entry with a wrong checksum.
 */
final class SegmentReader {

	private final Path path;

	private final boolean last;

	private long next;

	private long lastArrival;

	SegmentReader(Path path, long firstIndex, boolean last) {
		this.path = path;
		this.next = firstIndex;
		this.last = last;
	}

	/**
	 * Read the records.
	 * @return how many bytes of the file count
	 */
	long read(RecordVisitor visitor) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(this.path));
		if (!SegmentFormat.hasHeader(buffer)) {
			throw damaged(0);
		}
		if (!SegmentFormat.hasVersion(buffer)) {
			throw new IllegalStateException("The file '" + this.path
					+ "' was written by a newer version. Use that version, or give another directory");
		}
		if (SegmentFormat.firstIndex(buffer) != this.next) {
			throw damaged(0);
		}
		this.lastArrival = SegmentFormat.arrivedBefore(buffer);
		buffer.position(SegmentFormat.HEADER);
		while (buffer.hasRemaining()) {
			if (isUnfinished(buffer)) {
				if (!this.last) {
					throw damaged(buffer.position());
				}
				return buffer.position();
			}
			if (SegmentFormat.index(buffer) != this.next) {
				throw damaged(buffer.position());
			}
			this.lastArrival = SegmentFormat.visit(buffer, visitor);
			this.next++;
		}
		return buffer.position();
	}

	private boolean isUnfinished(ByteBuffer buffer) {
		if (buffer.remaining() < SegmentFormat.ENTRY_HEADER || SegmentFormat.isZero(buffer)) {
			return true;
		}
		int length = SegmentFormat.bodyLength(buffer);
		if (length < 0) {
			throw damaged(buffer.position());
		}
		int available = buffer.remaining() - SegmentFormat.ENTRY_HEADER;
		if (length > available) {
			return true;
		}
		if (SegmentFormat.hasBody(buffer, length)) {
			return false;
		}
		if (length == available) {
			return true;
		}
		throw damaged(buffer.position());
	}

	private IllegalStateException damaged(long position) {
		return new IllegalStateException("The file '" + this.path + "' is damaged at byte " + position
				+ ". Restore it, or delete the directory of its stream");
	}

	/**
	 * Return the index after the last record.
	 */
	long next() {
		return this.next;
	}

	long lastArrival() {
		return this.lastArrival;
	}

}
