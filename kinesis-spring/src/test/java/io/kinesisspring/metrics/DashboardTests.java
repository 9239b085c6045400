package io.kinesisspring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the queries of the dashboard and of the alert rules against what Prometheus gets
 * to see of {@link KinesisMeter}.
 */
class DashboardTests {

	private static final Path DASHBOARD = Path.of("../docs/grafana/kinesis-dashboard.json");

	private static final Path ALERTS = Path.of("../docs/prometheus/kinesis-alerts.yml");

	private static final Pattern SERIES = Pattern.compile("\\bkinesis_\\w+");

	/** Everything in a query that is the name of a label. */
	private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");

	private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");

	private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\(.*, (\\w+)\\)");

	private static final Pattern IN_LEGEND = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?(\\w+) ?}}");

	static final Map<String, Set<String>> SCRAPED = scrape();

	/**
	 * What a scrape of all meters shows.
	 * @return the labels of each series
	 */
	private static Map<String, Set<String>> scrape() {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		Meters meters = new Meters(registry);
		Object state = new Object();
		for (KinesisMeter meter : KinesisMeter.values()) {
			Tags tags = Tags
				.of(Arrays.stream(meter.getKeyNames()).map(KeyName::asString).map((key) -> Tag.of(key, "x")).toList());
			switch (meter.getType()) {
				case GAUGE -> meters.gauge(meter, tags, state, (ignored) -> 1);
				case COUNTER -> meters.counter(meter, tags);
				case TIMER -> meters.timer(meter, tags);
				default -> meters.summary(meter, tags);
			}
		}
		Map<String, Set<String>> series = new HashMap<>();
		registry.scrape().lines().filter((line) -> !line.startsWith("#")).forEach((line) -> {
			String name = line.split("[{ ]")[0];
			series.put(name, LABEL.matcher(line).results().map((label) -> label.group(1)).collect(Collectors.toSet()));
		});
		assertThat(state).isNotNull();
		return series;
	}

	@ParameterizedTest(name = "{0}: {1}")
	@MethodSource({ "panels", "alerts", "variables" })
	void everyQueryNamesExistingSeriesAndLabels(String where, String query, String words) {
		List<String> names = SERIES.matcher(query).results().map(MatchResult::group).toList();
		assertThat(names).as(where).isNotEmpty();
		assertThat(SCRAPED.keySet()).containsAll(names);
		Set<String> common = new HashSet<>(SCRAPED.get(names.get(0)));
		names.forEach((name) -> common.retainAll(SCRAPED.get(name)));
		Set<String> used = labels(query);
		used.remove("__name__");
		assertThat(common).as("labels of %s", names).containsAll(used);
		Set<String> kept = BY.matcher(query).results().flatMap(DashboardTests::list).collect(Collectors.toSet());
		assertThat(kept).as("labels in '%s'", words)
			.containsAll(IN_LEGEND.matcher(words).results().map((label) -> label.group(1)).toList());
	}

	private static Set<String> labels(String query) {
		return Stream
			.of(LABEL.matcher(query).results().map((label) -> label.group(1)),
					BY.matcher(query).results().flatMap(DashboardTests::list),
					LABEL_VALUES.matcher(query).results().map((label) -> label.group(1)))
			.flatMap((found) -> found)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Stream<String> list(MatchResult by) {
		return Stream.of(by.group(1).split(",")).map(String::strip);
	}

	@Test
	void theDashboardShowsEveryMeter() throws IOException {
		Set<String> shown = panels().map((panel) -> (String) panel.get()[1])
			.flatMap((query) -> SERIES.matcher(query).results().map(MatchResult::group))
			.collect(Collectors.toSet());
		Set<String> all = new TreeSet<>();
		SCRAPED.keySet().forEach((name) -> all.add(name.replaceAll("_(count|sum|max)$", "")));
		shown.stream().map((name) -> name.replaceAll("_(count|sum|max)$", "")).forEach(all::remove);
		// Those of the AWS SDK are measured only where asked for
		all.removeIf((name) -> name.startsWith("kinesis_sdk_"));
		assertThat(all).as("only with the shard tag, or shown otherwise")
			.containsExactlyInAnyOrder("kinesis_consumer_lag_milliseconds",
					"kinesis_consumer_checkpoint_age_milliseconds", "kinesis_producer_batch_bytes");
	}

	@Test
	void panelsDoNotOverlap() throws IOException {
		Set<String> taken = new HashSet<>();
		for (JsonNode panel : dashboard().get("panels")) {
			JsonNode position = panel.get("gridPos");
			for (int x = 0; x < position.get("w").asInt(); x++) {
				for (int y = 0; y < position.get("h").asInt(); y++) {
					assertThat(taken.add((position.get("x").asInt() + x) + "," + (position.get("y").asInt() + y)))
						.as(panel.get("title").asString())
						.isTrue();
				}
			}
		}
	}

	static Stream<Arguments> panels() throws IOException {
		List<Arguments> queries = new ArrayList<>();
		for (JsonNode panel : dashboard().get("panels")) {
			for (JsonNode target : panel.path("targets")) {
				queries.add(Arguments.of(panel.get("title").asString(), target.get("expr").asString(),
						target.get("legendFormat").asString()));
			}
		}
		return queries.stream();
	}

	static Stream<Arguments> variables() throws IOException {
		List<Arguments> queries = new ArrayList<>();
		for (JsonNode variable : dashboard().get("templating").get("list")) {
			if (variable.get("type").asString().equals("query")) {
				queries.add(Arguments.of(variable.get("name").asString(), variable.get("definition").asString(), ""));
			}
		}
		return queries.stream();
	}

	private static JsonNode dashboard() throws IOException {
		return JsonMapper.shared().readTree(Files.readString(DASHBOARD));
	}

	static Stream<Arguments> alerts() throws IOException {
		List<Arguments> queries = new ArrayList<>();
		Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml().load(Files.readString(ALERTS));
		for (Map<String, List<Map<String, Object>>> group : file.get("groups")) {
			for (Map<String, Object> rule : group.get("rules")) {
				assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
				queries.add(Arguments.of(rule.get("alert"), rule.get("expr"), rule.get("annotations").toString()));
			}
		}
		return queries.stream();
	}

}
