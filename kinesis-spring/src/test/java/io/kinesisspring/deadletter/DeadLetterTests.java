package io.kinesisspring.deadletter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for reading a {@link DeadLetter}.
 */
class DeadLetterTests {

	private static final String CHARACTERS = "a\"\\/{}:,\n\t\u0000\u001f\u00e4\u20ac\ud83d\ude00";

	@Test
	void readsWhatTheRecovererWrites() {
		Random random = new Random(17);
		for (int i = 0; i < 2_000; i++) {
			byte[] data = new byte[random.nextInt(50)];
			random.nextBytes(data);
			DeadLetter letter = new DeadLetter("orders", "shardId-000000000001", "4711", random.nextInt(3),
					text(random), Instant.ofEpochMilli(random.nextInt()), random.nextInt(10), "java.lang.Error",
					text(random), text(random), text(random), text(random), data);
			assertThat(DeadLetter.parse(Json.of(letter))).get().usingRecursiveComparison().isEqualTo(letter);
		}
	}

	private static @Nullable String text(Random random) {
		if (random.nextInt(4) == 0) {
			return null;
		}
		StringBuilder text = new StringBuilder();
		random.ints(random.nextInt(20), 0, CHARACTERS.length()).forEach((i) -> text.append(CHARACTERS.charAt(i)));
		return text.toString();
	}

	@Test
	void readsWhatAnotherLibraryWrites() {
		DeadLetter letter = new DeadLetter("orders", "shard", "4711", 0, "key", Instant.EPOCH, 1, "java.lang.Error",
				"a \"quote\" / \u20ac \n", null, null, null, new byte[] { 1, 2, 3 });
		byte[] json = JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsBytes(letter);
		assertThat(DeadLetter.parse(json)).get().usingRecursiveComparison().isEqualTo(letter);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{}", "[]", "hello", "{\"id\": 42}", "{\"stream\": {\"name\": \"orders\"}}",
			"{\"stream\":\"orders\"", "{\"stream\":\"orders\\", "{\"stream\":\"orders\"}}", "{\"stream\"}",
			"{stream:1}", "{\"stream\":\"a\\u00\"}" })
	void takesNothingElseForADeadLetter(String text) {
		assertThat(DeadLetter.parse(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
	}

	@Test
	void takesNoBrokenDeadLetterForOne() {
		byte[] json = Json.of(new DeadLetter("orders", "shard", "4711", 0, "key", Instant.EPOCH, 1, "java.lang.Error",
				null, null, null, null, new byte[] { 1, 2, 3 }));
		String text = new String(json, StandardCharsets.UTF_8);
		for (String broken : new String[] { text.replace("1970", "197"), text.replace("\"AQID\"", "\"%\""),
				text.replace("\"stream\"", "\"streams\""),
				text.replace("\"subSequenceNumber\":0", "\"subSequenceNumber\":x"), text + " x" }) {
			assertThat(broken).isNotEqualTo(text);
			assertThat(DeadLetter.parse(broken.getBytes(StandardCharsets.UTF_8))).as(broken).isEmpty();
		}
	}

}
