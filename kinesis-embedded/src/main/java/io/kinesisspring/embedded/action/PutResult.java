package io.kinesisspring.embedded.action;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.Appended;

/**
 * What became of a record to put: either of the two.
 *
 * @param appended where it is stored
 * @param error why it was refused
 */
record PutResult(@Nullable Appended appended, @Nullable ServiceException error) {

	static PutResult stored(Appended appended) {
		return new PutResult(appended, null);
	}

	static PutResult refused(ServiceException error) {
		return new PutResult(null, error);
	}

	/**
	 * Return where the record is stored, or throw why it was refused.
	 */
	Appended orThrow() {
		if (this.appended == null) {
			throw (this.error != null) ? this.error : new IllegalStateException("Neither stored nor refused");
		}
		return this.appended;
	}

}
