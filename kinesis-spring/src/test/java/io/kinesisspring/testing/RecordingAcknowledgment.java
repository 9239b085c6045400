package io.kinesisspring.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.Acknowledgment;

/**
 * Takes note of what has been acknowledged with it.
 */
public final class RecordingAcknowledgment implements Acknowledgment {

	private final List<String> calls = new CopyOnWriteArrayList<>();

	@Override
	public void acknowledge() {
		this.calls.add("all");
	}

	@Override
	public void acknowledgeUpTo(KinesisRecord<?> record) {
		this.calls.add("up to " + record.sequenceNumber());
	}

	@Override
	public void acknowledgeOnly(KinesisRecord<?> record) {
		this.calls.add("only " + record.sequenceNumber());
	}

	@Override
	public void nack(Duration pause) {
		this.calls.add("nack for " + pause);
	}

	public List<String> calls() {
		return this.calls;
	}

}
