package io.kinesisspring.embedded.testing.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The browser of this machine, and the program that drives it. Nothing is downloaded.
 *
 * @param browser the browser's program
 * @param driver the driver's program
 */
record InstalledBrowser(Path browser, Path driver) {

	static final String NONE = "There is no browser here to test pages with; install Chromium and its driver "
			+ "('apt-get install chromium chromium-driver' on Debian), or set CHROME_BIN and CHROMEDRIVER_BIN";

	static Optional<InstalledBrowser> find() {
		return find("CHROME_BIN", List.of("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"))
			.flatMap((browser) -> find("CHROMEDRIVER_BIN", List.of("chromedriver"))
				.map((driver) -> new InstalledBrowser(browser, driver)));
	}

	private static Optional<Path> find(String variable, List<String> names) {
		String named = System.getenv(variable);
		Stream<Path> places = (named != null && !named.isEmpty()) ? Stream.of(Path.of(named))
				: names.stream().flatMap((name) -> folders().map((folder) -> folder.resolve(name)));
		return places.filter((place) -> Files.isRegularFile(place) && Files.isExecutable(place)).findFirst();
	}

	private static Stream<Path> folders() {
		return Pattern.compile(Pattern.quote(File.pathSeparator))
			.splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse(""))
			.filter((folder) -> !folder.isEmpty())
			.map(Path::of);
	}

}
