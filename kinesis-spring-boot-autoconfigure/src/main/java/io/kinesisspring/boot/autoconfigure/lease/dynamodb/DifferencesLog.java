package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
import io.kinesisspring.lease.dynamodb.TableObserver;

/**
 * Logs what differs between the table and its properties.
 */
final class DifferencesLog implements TableObserver {

	private static final Log logger = LogFactory.getLog(DifferencesLog.class);

	private final TableObserver requests;

	DifferencesLog(TableObserver requests) {
		this.requests = requests;
	}

	@Override
	public Request requested(String table, String action) {
		return this.requests.requested(table, action);
	}

	@Override
	public void differs(InvalidOptionException difference) {
		logger.warn(OptionProperties.translate(difference).getMessage());
	}

}
