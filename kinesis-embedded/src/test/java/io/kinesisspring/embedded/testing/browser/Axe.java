package io.kinesisspring.embedded.testing.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.openqa.selenium.JavascriptExecutor;

/**
 * Runs axe-core, which is installed beside the servers of tests (see
 * {@code .ci/servers}).
 */
final class Axe {

	private static final String PROPERTY = "kinesis.test.servers";

	private static final String CHECK = """
			const done = arguments[arguments.length - 1];
			axe.run(document, { resultTypes: ['violations'] }).then(
				results => done(results.violations
					.filter(found => found.impact === 'serious' || found.impact === 'critical')
					.map(found => found.impact + ': ' + found.id + ': ' + found.help + ': '
						+ found.nodes.slice(0, 5).map(node => node.target.join(' ') + ' ('
							+ [...node.any, ...node.all, ...node.none].map(check => check.message).join('; ')
							+ ')').join(', '))),
				error => done(['axe failed: ' + error]));
			""";

	private Axe() {
	}

	@SuppressWarnings("unchecked")
	static List<String> check(JavascriptExecutor page) {
		page.executeScript(source());
		return (List<String>) page.executeAsyncScript(CHECK);
	}

	private static String source() {
		Path file = Path.of(System.getProperty(PROPERTY, ""))
			.toAbsolutePath()
			.resolve("node_modules/axe-core/axe.min.js");
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("There is no " + file + "; run 'npm ci' in .ci/servers again", ex);
		}
	}

}
