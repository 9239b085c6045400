package io.kinesisspring.annotation;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * Registers the annotations of listeners. An annotation with aliases is read through a
 * proxy.
 */
class ListenerAnnotationRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> annotation : new Class<?>[] { KinesisListener.class, KinesisHandler.class, Header.class,
				Headers.class, Payload.class, SendTo.class }) {
			hints.proxies().registerJdkProxy(annotation);
		}
	}

}
