package io.kinesisspring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds docs/metrics.md against {@link KinesisMeter}.
 */
class MeterDocumentationTests {

	private static final Map<Meter.Type, String> TYPES = Map.of(Meter.Type.GAUGE, "gauge", Meter.Type.COUNTER,
			"counter", Meter.Type.TIMER, "timer", Meter.Type.DISTRIBUTION_SUMMARY, "summary");

	@Test
	void theTablesHaveEveryMeterAndNoOther() throws IOException {
		List<String> documented = Files.readAllLines(Path.of("../docs/metrics.md"))
			.stream()
			.filter((line) -> line.matches("\\| `kinesis\\.(consumer|producer|lease|sdk)\\..*"))
			.toList();
		assertThat(documented)
			.containsExactlyElementsOf(Arrays.stream(KinesisMeter.values()).map(MeterDocumentationTests::row).toList());
	}

	private static String row(KinesisMeter meter) {
		String unit = (meter.getBaseUnit() != null) ? meter.getBaseUnit() : "–";
		return "| `" + meter.getName() + "` | " + TYPES.get(meter.getType()) + " | " + unit + " | " + tags(meter)
				+ " | " + meter.getDescription() + " |";
	}

	private static String tags(KinesisMeter meter) {
		Stream<String> always = Arrays.stream(meter.getKeyNames()).map((tag) -> "`" + tag.asString() + "`");
		Stream<String> optional = Arrays.stream(meter.getAdditionalKeyNames())
			.map(KeyName::asString)
			.map((tag) -> "(`" + tag + "`)");
		String all = Stream.concat(always, optional).collect(Collectors.joining(", "));
		return all.isEmpty() ? "–" : all;
	}

}
