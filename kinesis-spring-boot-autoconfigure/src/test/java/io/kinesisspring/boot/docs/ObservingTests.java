package io.kinesisspring.boot.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;

import io.kinesisspring.observation.KinesisObservation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds {@code docs/observing.md} against the code.
 */
class ObservingTests {

	private final String text = Files.readString(Path.of("../docs/observing.md"));

	ObservingTests() throws IOException {
	}

	@Test
	void hasEveryObservation() {
		assertThat(rows("\\| `(kinesis\\.[a-z]+)` \\| `[a-z]+ <stream>`.*")).containsExactlyElementsOf(
				Arrays.stream(KinesisObservation.values()).map(KinesisObservation::getName).toList());
	}

	@Test
	void hasEveryKey() {
		List<String> keys = new ArrayList<>();
		for (KinesisObservation observation : KinesisObservation.values()) {
			for (KeyName key : observation.getLowCardinalityKeyNames()) {
				keys.add(observation.getName() + " " + key.asString() + " yes");
			}
			for (KeyName key : observation.getHighCardinalityKeyNames()) {
				keys.add(observation.getName() + " " + key.asString() + " no");
			}
		}
		assertThat(rows("\\| `(kinesis\\.[a-z]+)` \\| `([a-z._]+)` \\| (yes|no) \\| .+"))
			.containsExactlyElementsOf(keys);
	}

	private List<String> rows(String pattern) {
		return Pattern.compile("^" + pattern + "$", Pattern.MULTILINE)
			.matcher(this.text)
			.results()
			.map(ObservingTests::groups)
			.toList();
	}

	private static String groups(MatchResult row) {
		List<String> groups = new ArrayList<>();
		for (int i = 1; i <= row.groupCount(); i++) {
			groups.add(row.group(i));
		}
		return String.join(" ", groups);
	}

}
