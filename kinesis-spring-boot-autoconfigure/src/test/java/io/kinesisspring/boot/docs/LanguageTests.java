package io.kinesisspring.boot.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps words that this project no longer uses, and phrases that are hard to read, out of
 * the documentation and the main sources.
 */
class LanguageTests {

	/** What not to write, and what to write instead. */
	private static final Map<Pattern, String> REPLACEMENTS = new LinkedHashMap<>();

	static {
		replace("crews?", "worker group");
		replace("bury|buries|buried", "evict");
		replace("disband\\w*", "remove");
		replace("sweep(s|er|ers|ing)?|swept", "reconcile");
		replace("bells?", "wake-up");
		replace("patience", "timeout");
		replace("troubles?", "failure");
		replace("verdicts?", "decision");
		replace("tally|tallies", "count");
		replace("looks? away", "do nothing");
		replace("mend(s|ed|ing)?", "fix");
		replace("heed(s|ed)?", "follow");
		replace("litter", "leftovers");
		replace("for ever", "without limit");
		replace("is not to be had", "is not available");
		replace("what throws", "if the listener throws");
		replace("travel in front", "are added");
		replace("used as it is", "if set, … is ignored");
		replace("what is meant for", "records for");
		replace("goes at that pace", "is rate-limited");
		replace("is called stalled", "counts as stalled");
	}

	/** Files that name the attributes of stored rows, which keep their first names. */
	private static final Set<String> WITH_STORED_NAMES = Set.of("docs/lease-protocol.md",
			"kinesis-spring/src/main/java/io/kinesisspring/lease/dynamodb/DynamoDbWorkerGroupStore.java",
			"kinesis-spring/src/main/java/io/kinesisspring/lease/dynamodb/LeaseItems.java");

	@Test
	void theDocumentationContainsNone() {
		assertThat(found(Documentation.markdown())).isEmpty();
	}

	@Test
	void theMainSourcesContainNone() {
		assertThat(found(Documentation.mainSources())).isEmpty();
	}

	private static Set<String> found(Map<String, String> files) {
		Set<String> found = new TreeSet<>();
		files.forEach((path, text) -> {
			List<String> words = REPLACEMENTS.entrySet()
				.stream()
				.filter((entry) -> entry.getKey().matcher(text).find())
				.map((entry) -> entry.getKey() + " -> " + entry.getValue())
				.toList();
			if (!words.isEmpty() && !WITH_STORED_NAMES.contains(path)) {
				found.add(path + ": " + words);
			}
		});
		return found;
	}

	private static void replace(String words, String better) {
		REPLACEMENTS.put(Pattern.compile("\\b(" + words + ")\\b", Pattern.CASE_INSENSITIVE), better);
	}

}
