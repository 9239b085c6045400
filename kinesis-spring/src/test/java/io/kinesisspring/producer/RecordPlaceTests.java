package io.kinesisspring.producer;

import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RecordPlace} and the transitions of {@link OutgoingRecord}.
 */
class RecordPlaceTests {

	@ParameterizedTest
	@CsvSource({ "INBOX, BEHIND_KEY READY DELAYED REMOVED", "BEHIND_KEY, READY IN_AGGREGATE DELAYED REMOVED",
			"READY, READY IN_REQUEST IN_AGGREGATE DELAYED REMOVED", "IN_REQUEST, READY DELAYED REMOVED",
			"IN_AGGREGATE, BEHIND_KEY READY DELAYED REMOVED", "DELAYED, READY IN_REQUEST DELAYED REMOVED",
			"REMOVED, ''" })
	void allowsTheTransitionsOfTheTableAndNoOthers(RecordPlace place, String allowed) {
		Set<RecordPlace> next = EnumSet.allOf(RecordPlace.class);
		next.removeIf((candidate) -> !place.canMoveTo(candidate));
		assertThat(String.join(" ", next.stream().map(RecordPlace::name).toList())).isEqualTo(allowed);
	}

	@ParameterizedTest
	@EnumSource
	void movesNoRemovedRecord(RecordPlace place) {
		OutgoingRecord record = record();
		record.remove();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> record.moveTo(place))
			.withMessage("A record for stream 's' must not move from REMOVED to " + place);
	}

	@Test
	void startsNoAttemptOfARecordInTheInbox() {
		OutgoingRecord record = record();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> record.startAttempt(RecordPlace.IN_REQUEST));
		assertThat(record.place()).isEqualTo(RecordPlace.INBOX);
		assertThat(record.attempts()).isZero();
	}

	@Test
	void releasesTheDataOfARemovedRecord() {
		OutgoingRecord record = record();
		record.remove();
		assertThat(record.isRemoved()).isTrue();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(record::data);
	}

	private static OutgoingRecord record() {
		return new OutgoingRecord("s", "key", false, null, true, new byte[1], 4, 4);
	}

}
