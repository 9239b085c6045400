package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * What listeners get that need not acknowledge.
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
