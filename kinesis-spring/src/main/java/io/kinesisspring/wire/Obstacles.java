package io.kinesisspring.wire;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * Finds what keeps a client from the fast path. Interceptors of the application must not
 * see a request or a response without its records, so those that can look at them keep
 * the client from it.
 */
final class Obstacles {

	/** Another class may do anything before and after a call. */
	private static final String SDK_CLIENT = "software.amazon.awssdk.services.kinesis.DefaultKinesisAsyncClient";

	private static final String SDK_PACKAGE = "software.amazon.awssdk.";

	/** Hooks that see the content of a response or its model object. */
	private static final Set<String> RESPONSE_HOOKS = Set.of("modifyHttpResponseContent",
			"modifyAsyncHttpResponseContent", "afterUnmarshalling", "modifyResponse", "afterExecution");

	/**
	 * Hooks that see the content of a request or its model object, and are there for it.
	 */
	private static final Set<String> REQUEST_HOOKS = Set.of("beforeExecution", "modifyRequest", "beforeMarshalling",
			"afterMarshalling", "modifyHttpContent", "modifyAsyncHttpContent", "afterUnmarshalling", "modifyResponse",
			"afterExecution", "onExecutionFailure");

	private Obstacles() {
	}

	/**
	 * Return why the SDK has to decode responses.
	 * @param client the client
	 * @return the reason, or {@code null} if there is none
	 */
	static @Nullable String toDecoding(KinesisAsyncClient client) {
		return find(client, RESPONSE_HOOKS);
	}

	/**
	 * Return why the SDK has to encode requests.
	 * @param client the client
	 * @return the reason, or {@code null} if there is none
	 */
	static @Nullable String toEncoding(KinesisAsyncClient client) {
		return find(client, REQUEST_HOOKS);
	}

	private static @Nullable String find(KinesisAsyncClient client, Set<String> hooks) {
		if (!client.getClass().getName().equals(SDK_CLIENT)) {
			return "the client is a " + client.getClass().getName();
		}
		List<ExecutionInterceptor> interceptors = client.serviceClientConfiguration()
			.overrideConfiguration()
			.executionInterceptors();
		if (!interceptors.contains(FastPathInterceptor.INSTANCE)) {
			return "the client was built without the fast path";
		}
		for (ExecutionInterceptor interceptor : interceptors) {
			String hook = hook(interceptor, hooks);
			if (hook != null) {
				return "the interceptor " + interceptor.getClass().getName() + " implements " + hook;
			}
		}
		return null;
	}

	private static @Nullable String hook(ExecutionInterceptor interceptor, Set<String> hooks) {
		Class<?> type = interceptor.getClass();
		if (interceptor == FastPathInterceptor.INSTANCE || type.getName().startsWith(SDK_PACKAGE)) {
			return null;
		}
		for (Method hook : ExecutionInterceptor.class.getMethods()) {
			if (hooks.contains(hook.getName()) && isImplemented(hook, type)) {
				return hook.getName();
			}
		}
		return null;
	}

	private static boolean isImplemented(Method hook, Class<?> type) {
		try {
			return type.getMethod(hook.getName(), hook.getParameterTypes())
				.getDeclaringClass() != ExecutionInterceptor.class;
		}
		catch (NoSuchMethodException ex) {
			return true;
		}
	}

}
