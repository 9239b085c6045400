package io.kinesisspring.producer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the order of records whose data ends with a number that grows.
 */
final class KeyOrder {

	private KeyOrder() {
	}

	static void assertKept(Collection<PutRecordsRequestEntry> stored) {
		Map<String, Integer> last = new HashMap<>();
		for (PutRecordsRequestEntry entry : stored) {
			String text = ScriptedService.text(entry);
			int number = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
			Integer before = last.put(entry.partitionKey(), number);
			assertThat((before != null) ? before : -1).as("what was stored before " + text).isLessThan(number);
		}
	}

}
