package io.kinesisspring.boot.autoconfigure.aot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.core.io.UrlResource;
import org.springframework.util.ClassUtils;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;

/**
 * Registers the properties, which are bound without Spring Boot's own processing, and the
 * interceptors that the AWS SDK finds on the class path. The rest of the SDK brings its
 * own description.
 */
class KinesisRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> INTERCEPTORS = List.of(
			"software/amazon/awssdk/global/handlers/execution.interceptors",
			"software/amazon/awssdk/services/kinesis/execution.interceptors",
			"software/amazon/awssdk/services/dynamodb/execution.interceptors",
			"software/amazon/awssdk/services/sqs/execution.interceptors",
			"software/amazon/awssdk/services/sns/execution.interceptors",
			"software/amazon/awssdk/services/s3/execution.interceptors",
			"software/amazon/awssdk/services/sts/execution.interceptors");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindableRuntimeHintsRegistrar.forTypes(KinesisProperties.class).registerHints(hints);
		new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), KinesisProperties.class);
		INTERCEPTORS.forEach((path) -> registerInterceptors(path, hints, classLoader));
	}

	/**
	 * Several libraries may bring the same file, and the SDK reads them all.
	 */
	private static void registerInterceptors(String path, RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Enumeration<URL> files = files(path, (classLoader != null) ? classLoader : ClassUtils.getDefaultClassLoader());
		if (files.hasMoreElements()) {
			hints.resources().registerPattern(path);
		}
		files.asIterator()
			.forEachRemaining((file) -> namesIn(new UrlResource(file)).forEach((name) -> hints.reflection()
				.registerTypeIfPresent(classLoader, name, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)));
	}

	private static Enumeration<URL> files(String path, @Nullable ClassLoader classLoader) {
		try {
			return (classLoader != null) ? classLoader.getResources(path) : ClassLoader.getSystemResources(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> namesIn(UrlResource file) {
		try {
			return file.getContentAsString(StandardCharsets.UTF_8)
				.lines()
				.map(String::strip)
				.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
