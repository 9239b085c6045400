package io.kinesisspring.wire;

import java.io.InputStream;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * The content of a request to PutRecords, the same as the SDK's, byte for byte. The SDK
 * reads it into an array of its own, after it has read it for the signature. So it is
 * encoded while it is read, and there is no other copy of it. Thread-safe; its streams
 * are not.
 */
final class RecordsContent implements ContentStreamProvider {

	private static final byte[] RECORDS = name("Records");

	private static final byte[] STREAM_NAME = name("StreamName");

	private static final byte[] STREAM_ARN = name("StreamARN");

	private static final byte[] DATA = name("Data");

	private static final byte[] EXPLICIT_HASH_KEY = name("ExplicitHashKey");

	private static final byte[] PARTITION_KEY = name("PartitionKey");

	/** The SDK splits texts of some 4,000 characters. The service's limit is lower. */
	private static final int LONGEST_TEXT = 2048;

	private static final int BEGIN_AND_END = 2;

	private final RecordsRequest request;

	private final int length;

	/** Space enough for what comes before, after and between the data of two records. */
	private final int frameSize;

	/**
	 * Create the content of a request, completely or not at all.
	 * @param request the request
	 * @throws NotUnderstoodException if the SDK has to encode it
	 */
	RecordsContent(RecordsRequest request) {
		if (request.size() == 0) {
			throw new NotUnderstoodException("no records");
		}
		int ends = (int) (BEGIN_AND_END + RECORDS.length + BEGIN_AND_END + size(STREAM_NAME, request.streamName())
				+ size(STREAM_ARN, request.streamArn()));
		long total = ends;
		int longest = 0;
		for (int i = 0; i < request.size(); i++) {
			int data = request.data(i).length;
			long encoded = BEGIN_AND_END + DATA.length + CborOutput.sizeOf(data)
					+ size(EXPLICIT_HASH_KEY, request.explicitHashKey(i))
					+ size(PARTITION_KEY, request.partitionKey(i));
			total += encoded;
			longest = Math.max(longest, (int) (encoded - data));
		}
		if (total > Integer.MAX_VALUE) {
			throw new NotUnderstoodException("too much data");
		}
		this.request = request;
		this.length = (int) total;
		this.frameSize = ends + 2 * longest;
	}

	private static byte[] name(String name) {
		CborOutput output = new CborOutput((int) CborOutput.sizeOf(name.length()));
		output.text(name);
		return output.bytes();
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

	/**
	 * Return its number of bytes.
	 */
	int length() {
		return this.length;
	}

	@Override
	public InputStream newStream() {
		return new Encoding();
	}

	/**
	 * One reading. It alternates between frames, which it encodes one by one, and the
	 * data of the records.
	 */
	private final class Encoding extends InputStream {

		private final RecordsRequest request = RecordsContent.this.request;

		private final CborOutput frame = new CborOutput(RecordsContent.this.frameSize);

		/** The bytes to read now: the frame, or the data of a record. */
		private byte[] part = this.frame.bytes();

		private int position;

		private int end;

		/** The number of the record that comes next. */
		private int next;

		private boolean ended;

		private int total;

		Encoding() {
			this.frame.start(CborInput.MAP);
			this.frame.encoded(RECORDS);
			this.frame.start(CborInput.ARRAY);
			startRecord();
			this.end = this.frame.length();
		}

		@Override
		public int read() {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
		}

		@Override
		public int read(byte[] target, int offset, int count) {
			Objects.checkFromIndexSize(offset, count, target.length);
			int copied = 0;
			while (copied < count && (this.position < this.end || nextPart())) {
				int some = Math.min(count - copied, this.end - this.position);
				System.arraycopy(this.part, this.position, target, offset + copied, some);
				this.position += some;
				copied += some;
			}
			this.total += copied;
			if (this.ended && this.total != RecordsContent.this.length) {
				throw new IllegalStateException(
						this.total + " of " + RecordsContent.this.length + " bytes were encoded");
			}
			return (copied > 0 || count == 0) ? copied : -1;
		}

		@Override
		public int available() {
			return RecordsContent.this.length - this.total;
		}

		/**
		 * Go on to the next part, which may be empty.
		 * @return whether there is one
		 */
		private boolean nextPart() {
			if (this.ended) {
				return false;
			}
			this.position = 0;
			if (this.part == this.frame.bytes() && this.next < this.request.size()) {
				this.part = this.request.data(this.next++);
				this.end = this.part.length;
				return true;
			}
			if (this.part == this.frame.bytes()) {
				this.ended = true;
				this.end = 0;
				return false;
			}
			this.part = this.frame.bytes();
			this.frame.clear();
			endRecord();
			if (this.next < this.request.size()) {
				startRecord();
			}
			else {
				this.frame.end();
				write(STREAM_NAME, this.request.streamName());
				write(STREAM_ARN, this.request.streamArn());
				this.frame.end();
			}
			this.end = this.frame.length();
			return true;
		}

		private void startRecord() {
			this.frame.start(CborInput.MAP);
			this.frame.encoded(DATA);
			this.frame.headOfData(this.request.data(this.next).length);
		}

		private void endRecord() {
			write(EXPLICIT_HASH_KEY, this.request.explicitHashKey(this.next - 1));
			write(PARTITION_KEY, this.request.partitionKey(this.next - 1));
			this.frame.end();
		}

		private void write(byte[] name, @Nullable String text) {
			if (text != null) {
				this.frame.encoded(name);
				this.frame.text(text);
			}
		}

	}

}
