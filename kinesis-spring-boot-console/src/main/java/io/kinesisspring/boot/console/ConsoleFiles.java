package io.kinesisspring.boot.console;

import java.io.IOException;
import java.util.Properties;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * The files of the page, and those of the libraries that it uses.
 */
final class ConsoleFiles {

	static final String UPLOT_VERSION = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

	static final String UPLOT = "META-INF/resources/webjars/uplot/";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.(html|css|js|svg)");

	private static final String LIBRARIES = "lib/";

	private final String uplot;

	ConsoleFiles() {
		try {
			Properties artifact = PropertiesLoaderUtils.loadProperties(new ClassPathResource(UPLOT_VERSION));
			this.uplot = UPLOT + artifact.getProperty("version") + "/dist/";
		}
		catch (IOException ex) {
			throw new IllegalStateException("The console needs the WebJar 'org.webjars.npm:uplot'", ex);
		}
	}

	/**
	 * Find a file.
	 * @param path its path behind that of the page
	 * @return the file, {@code null} if there is none
	 */
	@Nullable Resource find(String path) {
		boolean library = path.startsWith(LIBRARIES);
		String name = library ? path.substring(LIBRARIES.length()) : path;
		if (!NAME.matcher(name).matches()) {
			return null;
		}
		Resource file = library ? new ClassPathResource(this.uplot + name)
				: new ClassPathResource(name, ConsoleFiles.class);
		return file.exists() ? file : null;
	}

}
