package io.kinesisspring.boot.console;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * The files of the page in a native image.
 */
final class ConsoleHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("io/kinesisspring/boot/console/*")
			.registerPattern(ConsoleFiles.UPLOT_VERSION)
			.registerPattern(ConsoleFiles.UPLOT + "*/dist/*");
	}

}
