package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * The acknowledgment of listeners that need not acknowledge. It has no effect.
 */
enum NoAcknowledgment implements Acknowledgment {

	INSTANCE;

	@Override
	public void acknowledge() {
	}

	@Override
	public void acknowledgeUpTo(KinesisRecord<?> record) {
	}

	@Override
	public void acknowledgeOnly(KinesisRecord<?> record) {
	}

}
