package io.kinesisspring.boot.fleet;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.kinesisspring.KinesisRecord;

/**
 * One worker's end of the journal, a file to which all workers append. A line is one
 * write of the operating system, which puts it behind all lines that are there: it is
 * there when the process is killed a moment later, and the order of the lines is the
 * order in which things happened, whatever the processes' clocks say.
 */
final class JournalWriter implements AutoCloseable {

	private final String worker;

	private final OutputStream file;

	JournalWriter(Path file, String worker) throws IOException {
		this.worker = worker;
		this.file = new FileOutputStream(file.toFile(), true);
	}

	void processed(KinesisRecord<String> record) throws IOException {
		append("processed " + this.worker + " " + System.currentTimeMillis() + " " + record.shardId() + " "
				+ record.sequenceNumber() + " " + record.partitionKey() + " " + record.payload() + "\n");
	}

	/**
	 * Note that this process did not run for a while.
	 */
	void paused(long from, long until) {
		try {
			append("paused " + this.worker + " " + from + " " + until + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void append(String line) throws IOException {
		this.file.write(line.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
