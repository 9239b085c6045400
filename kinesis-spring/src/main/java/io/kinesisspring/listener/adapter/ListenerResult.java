package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Converts the result of a listener method to a stage that can be awaited: nothing, a
 * {@link CompletionStage}, a single-valued reactive type where Reactor is present, or the
 * end of a Kotlin {@code suspend} function where its coroutines are.
 */
final class ListenerResult {

	private static final String COROUTINES = "kotlinx.coroutines.reactor.MonoKt";

	private ListenerResult() {
	}

	/**
	 * How to await the result of a method.
	 * @throws KinesisConfigurationException if it cannot be awaited
	 */
	static Function<@Nullable Object, @Nullable CompletionStage<?>> of(Method method) {
		Class<?> returned = method.getReturnType();
		if (returned == void.class) {
			return (result) -> null;
		}
		if (CompletionStage.class.isAssignableFrom(returned)) {
			return (result) -> (CompletionStage<?>) result;
		}
		if (KotlinDetector.isSuspendingFunction(method)) {
			if (!ClassUtils.isPresent(COROUTINES, ListenerResult.class.getClassLoader())) {
				throw new KinesisConfigurationException("The listener " + method + " suspends",
						"Add kotlinx-coroutines-reactor to the class path");
			}
			return ListenerResult::await;
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned);
		if (adapter == null || adapter.isMultiValue()) {
			throw new KinesisConfigurationException(
					"The listener " + method + " returns '" + returned.getSimpleName() + "'",
					"Let it return nothing, or a CompletableFuture that is awaited before the records count as processed");
		}
		return ListenerResult::await;
	}

	private static @Nullable CompletionStage<?> await(@Nullable Object result) {
		ReactiveAdapterRegistry registry = ReactiveAdapterRegistry.getSharedInstance();
		ReactiveAdapter source = registry.getAdapter(null, result);
		if (result == null || source == null) {
			return null;
		}
		ReactiveAdapter target = Objects.requireNonNull(registry.getAdapter(CompletableFuture.class));
		return (CompletionStage<?>) target.fromPublisher(source.toPublisher(result));
	}

}
