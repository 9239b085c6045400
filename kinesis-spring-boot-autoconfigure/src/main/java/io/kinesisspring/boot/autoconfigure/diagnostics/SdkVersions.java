package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.util.Enumeration;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The modules of the AWS SDK on the class path and their versions. Manifests name the
 * modules, and the names of the jars have the versions.
 *
 * @param modules the modules' artifacts by version
 */
record SdkVersions(SortedMap<String, SortedSet<String>> modules) {

	private static final String PACKAGE = "software.amazon.awssdk";

	private static final Pattern JAR = Pattern.compile("([^/!]+?)-(\\d+(?:\\.\\d+)+[^/!]*)\\.jar!?/META-INF");

	static SdkVersions on(ClassLoader classLoader) {
		SortedMap<String, SortedSet<String>> modules = new TreeMap<>();
		try {
			Enumeration<URL> manifests = classLoader.getResources("META-INF/MANIFEST.MF");
			while (manifests.hasMoreElements()) {
				URL url = manifests.nextElement();
				Matcher jar = JAR.matcher(url.getPath());
				String module = jar.find() ? moduleName(url) : null;
				if (module != null && module.startsWith(PACKAGE)) {
					modules.computeIfAbsent(jar.group(2), (version) -> new TreeSet<>()).add(jar.group(1));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new SdkVersions(modules);
	}

	private static @Nullable String moduleName(URL manifest) throws IOException {
		URLConnection connection = manifest.openConnection();
		connection.setUseCaches(false);
		try (InputStream in = connection.getInputStream()) {
			return new Manifest(in).getMainAttributes().getValue("Automatic-Module-Name");
		}
	}

	boolean differ() {
		return this.modules.size() > 1;
	}

	/**
	 * A line for each version.
	 */
	@Override
	public String toString() {
		return this.modules.entrySet().stream().map(SdkVersions::line).collect(Collectors.joining("\n"));
	}

	private static String line(Map.Entry<String, SortedSet<String>> version) {
		return "    " + version.getKey() + ": " + String.join(", ", version.getValue());
	}

}
