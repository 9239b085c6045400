package io.kinesisspring.boot.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page is small: it is opened when something is wrong, maybe from far away.
 */
class PageSizeTests {

	private static final int MOST = 150 * 1024;

	private static final Pattern LIBRARY = Pattern.compile("lib/[\\w.]+");

	private final ConsoleFiles files = new ConsoleFiles();

	@Test
	void allFilesTogetherAreUnder150KilobytesGzipped() throws IOException {
		Set<String> names = names();
		assertThat(names).contains("index.html", "main.js", "console.css", "lib/uPlot.esm.js");
		int size = 0;
		for (String name : names) {
			size += gzipped(Objects.requireNonNull(this.files.find(name), name));
		}
		assertThat(size).as("bytes of %s", names).isBetween(10 * 1024, MOST);
	}

	private Set<String> names() throws IOException {
		Set<String> names = Arrays
			.stream(new PathMatchingResourcePatternResolver()
				.getResources("classpath*:io/kinesisspring/boot/console/*.*"))
			.map(Resource::getFilename)
			.filter((name) -> name != null && !name.endsWith(".class"))
			.collect(Collectors.toCollection(TreeSet::new));
		for (String name : names.toArray(String[]::new)) {
			libraries(name).forEach(names::add);
		}
		return names;
	}

	private Stream<String> libraries(String name) throws IOException {
		String text = new String(Objects.requireNonNull(this.files.find(name), name).getContentAsByteArray(),
				StandardCharsets.UTF_8);
		return LIBRARY.matcher(text).results().map((match) -> match.group());
	}

	private static int gzipped(Resource file) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(file.getContentAsByteArray());
		}
		return bytes.size();
	}

}
