package io.kinesisspring.embedded.persistence;

import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link RecordCodec}.
 */
class RecordCodecTests {

	private final RecordCodec codec = new RecordCodec(new Inner(7, "seven"));

	@Test
	void everythingIsReadBack() {
		Outer outer = new Outer(1, Long.MIN_VALUE, 0.25, true, 3, "zweit\u00e9r \"\\\n", null, DayOfWeek.FRIDAY,
				new Inner(2, "two"), List.of(new Inner(3, "three")), Set.of(DayOfWeek.MONDAY),
				Map.of("a.b/c", List.of(1L, 2L)), Duration.ofMillis(1500), Instant.ofEpochMilli(1_795_000_000_123L));
		assertThat(this.codec.read(this.codec.write(outer), Outer.class)).isEqualTo(outer);
	}

	@Test
	void whatIsMissingGetsItsDefault() {
		assertThat(read("{\"number\":1}", Inner.class)).isEqualTo(new Inner(1, "seven"));
		assertThat(read("{\"name\":null}", Inner.class)).isEqualTo(new Inner(7, null));
		assertThat(read("{}", Outer.class)).isEqualTo(
				new Outer(0, 0, 0, false, null, null, null, null, null, List.of(), Set.of(), Map.of(), null, null));
	}

	@Test
	void whatIsUnknownWouldBeLost() {
		assertThatIllegalArgumentException().isThrownBy(() -> read("{\"number\":1,\"colour\":\"blue\"}", Inner.class))
			.withMessage("it has 'colour', which this version does not know");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "3", "{\"inners\":{}}", "{\"inners\":[3]}", "{\"lists\":[]}",
			"{\"integer\":\"many\"}", "{\"day\":\"SOMEDAY\"}", "{\"duration\":\"long\"}", "{\"string\":{}}",
			"{\"inners\":[" })
	void whatIsSomethingElseIsRefused(String json) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(json, Outer.class)).withMessageStartingWith("it ");
	}

	@Test
	void whatARecordRejectsIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> read("{\"number\":-1}", Strict.class))
			.withMessageContaining("must not be negative");
	}

	private <T extends Record> T read(String json, Class<T> type) {
		return this.codec.read(json.getBytes(StandardCharsets.UTF_8), type);
	}

	private record Inner(int number, @Nullable String name) {
	}

	private record Strict(int number) {

		Strict {
			if (number < 0) {
				throw new IllegalArgumentException("must not be negative");
			}
		}

	}

	private record Outer(int integer, long number, double decimal, boolean bool, @Nullable Integer boxed,
			@Nullable String string, @Nullable String absent, @Nullable DayOfWeek day, @Nullable Inner inner,
			List<Inner> inners, Set<DayOfWeek> days, Map<String, List<Long>> lists, @Nullable Duration duration,
			@Nullable Instant instant) {
	}

}
