package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.List;
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
import io.kinesisspring.KinesisRecord;

/**
 * Converts the result of a listener method to a stage that can be awaited: nothing, a
 * {@link CompletionStage}, a single-valued reactive type where Reactor is present, or the
 * end of a Kotlin {@code suspend} function where its coroutines are. If answers are sent,
 * the stage ends when they are stored.
 */
@FunctionalInterface
interface ListenerResult {

	/** The class that suspending functions need. */
	String COROUTINES = "kotlinx.coroutines.reactor.MonoKt";

	/**
	 * Convert a result.
	 * @param returned what the method returned
	 * @param records the records of the call
	 * @return what is to be awaited, {@code null} if nothing is
	 */
	@Nullable CompletionStage<?> await(@Nullable Object returned, List<KinesisRecord<byte[]>> records);

	/**
	 * How to await the result of a method.
	 * @param replies sends answers; {@code null} if the method gives none
	 * @throws KinesisConfigurationException if the result cannot be awaited
	 */
	static ListenerResult of(Method method, @Nullable ReplySender replies) {
		Function<@Nullable Object, @Nullable CompletionStage<?>> stage = stage(method, replies != null);
		if (replies == null) {
			return (returned, records) -> stage.apply(returned);
		}
		return (returned, records) -> {
			checkSingle(returned);
			CompletionStage<?> answer = stage.apply(returned);
			return (answer != null) ? answer.thenCompose((value) -> stored(replies.send(value, records)))
					: (isStage(returned) ? null : replies.send(returned, records));
		};
	}

	private static Function<@Nullable Object, @Nullable CompletionStage<?>> stage(Method method, boolean answers) {
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
			return ListenerResult::published;
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned);
		if ((adapter != null) ? adapter.isMultiValue() : !answers) {
			throw new KinesisConfigurationException(
					"The listener " + method + " returns '" + returned.getSimpleName() + "'",
					"Let it return nothing, or a CompletableFuture that is awaited before the records count as processed. To send what it returns, annotate it with @SendTo and let it return the answer, a collection, or a future of them");
		}
		return ListenerResult::published;
	}

	/**
	 * Only the first of several published values would be sent.
	 */
	private static void checkSingle(@Nullable Object result) {
		ReactiveAdapter adapter = (result != null)
				? ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result) : null;
		if (result != null && adapter != null && adapter.isMultiValue()) {
			throw new InvalidReplyException("it is a '" + result.getClass().getName()
					+ "', which publishes several values. Return a collection, or a future of one", null);
		}
	}

	private static boolean isStage(@Nullable Object result) {
		return result instanceof CompletionStage<?>
				|| (result != null && ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result) != null);
	}

	private static @Nullable CompletionStage<?> published(@Nullable Object result) {
		if (result instanceof CompletionStage<?> stage) {
			return stage;
		}
		ReactiveAdapterRegistry registry = ReactiveAdapterRegistry.getSharedInstance();
		ReactiveAdapter source = registry.getAdapter(null, result);
		if (result == null || source == null) {
			return null;
		}
		ReactiveAdapter target = Objects.requireNonNull(registry.getAdapter(CompletableFuture.class));
		return (CompletionStage<?>) target.fromPublisher(source.toPublisher(result));
	}

	private static CompletionStage<?> stored(@Nullable CompletionStage<?> sent) {
		return (sent != null) ? sent : CompletableFuture.completedFuture(null);
	}

}
