package io.kinesisspring.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.util.ClassUtils;

/**
 * Finds the classes that a class refers to, from the constants of its class file.
 */
final class ReferencedClasses {

	private static final int CLASS_CONSTANT = 7;

	/** Packages without listeners of an application. */
	private static final List<String> FOREIGN = List.of("java.", "javax.", "jakarta.", "kotlin.",
			"org.springframework.", "software.amazon.");

	private ReferencedClasses() {
	}

	/**
	 * Read a class file.
	 * @param className the name of the class
	 * @param classLoader where it is found
	 * @return the names of classes, itself included; none if there is no file, or for
	 * classes of frameworks
	 */
	static Stream<String> of(String className, @Nullable ClassLoader classLoader) {
		if (isForeign(className)) {
			return Stream.empty();
		}
		ClassLoader loader = (classLoader != null) ? classLoader : ClassLoader.getSystemClassLoader();
		try (InputStream file = loader
			.getResourceAsStream(ClassUtils.convertClassNameToResourcePath(className) + ClassUtils.CLASS_FILE_SUFFIX)) {
			return (file != null) ? mentioned(new ClassReader(file)).filter((name) -> !isForeign(name))
					: Stream.empty();
		}
		catch (IOException | IllegalArgumentException ex) {
			return Stream.empty();
		}
	}

	private static Stream<String> mentioned(ClassReader reader) {
		List<String> names = new ArrayList<>();
		char[] buffer = new char[reader.getMaxStringLength()];
		for (int i = 1; i < reader.getItemCount(); i++) {
			int offset = reader.getItem(i);
			if (offset > 0 && reader.readByte(offset - 1) == CLASS_CONSTANT) {
				String name = reader.readUTF8(offset, buffer);
				if (name != null && !name.startsWith("[")) {
					names.add(ClassUtils.convertResourcePathToClassName(name));
				}
			}
		}
		return names.stream();
	}

	private static boolean isForeign(String className) {
		return FOREIGN.stream().anyMatch(className::startsWith);
	}

}
