package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;

import io.kinesisspring.KinesisHeaders;

/**
 * A listener method that distinguishes unresolvable arguments from exceptions of the
 * method, and can call {@code suspend} functions.
 */
final class ListenerMethod extends InvocableHandlerMethod {

	private static final String WITHOUT_KEY = ". Records have no partition key if the service distributes the records "
			+ "of their stream (AUTO): declare the parameter as @Nullable or with required = false";

	private final boolean suspending;

	ListenerMethod(Object bean, Method method) {
		super(bean, method);
		this.suspending = KotlinDetector.isSuspendingFunction(method);
	}

	/**
	 * Call the method with its only argument, without resolving.
	 * @param argument the argument
	 * @return what the method returned
	 * @throws Exception what the method has thrown
	 */
	@Nullable Object call(Object argument) throws Exception {
		return doInvoke(argument);
	}

	@Override
	protected Object[] getMethodArgumentValues(Message<?> message, Object... provided) throws Exception {
		try {
			return super.getMethodArgumentValues(message, provided);
		}
		catch (Exception ex) {
			if (ex instanceof MethodArgumentNotValidException invalid && invalid.getBindingResult() != null) {
				throw ex;
			}
			throw new UnresolvedArgumentException(
					"An argument of " + getShortLogMessage() + " cannot be resolved: " + reason(ex), null);
		}
	}

	/**
	 * The exceptions of {@code spring-messaging} and of conversions show payloads and
	 * header values, so that they are not passed on.
	 */
	private static String reason(Exception ex) {
		String text = ex.getMessage();
		if (text != null && text.startsWith("Missing header")) {
			return text + (text.contains("'" + KinesisHeaders.PARTITION_KEY + "'") ? WITHOUT_KEY : "");
		}
		String parameter = (ex instanceof MethodArgumentResolutionException unresolved)
				? "parameter " + unresolved.getMethodParameter().getParameterIndex() + " of type '"
						+ unresolved.getMethodParameter().getParameterType().getName() + "', "
				: "";
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return parameter + cause.getClass().getSimpleName();
	}

	/**
	 * Describe an argument without its value, because the text is logged.
	 */
	@Override
	protected String formatInvokeError(String text, @Nullable Object[] arguments) {
		return text + "\nListener: " + getShortLogMessage() + "\nTypes of the arguments: "
				+ Arrays.stream(arguments)
					.map((argument) -> (argument != null) ? argument.getClass().getName() : "null")
					.collect(Collectors.joining(", "));
	}

	@Override
	protected @Nullable Object doInvoke(Object... arguments) throws Exception {
		return this.suspending ? CoroutinesUtils.invokeSuspendingFunction(getBridgedMethod(), getBean(), arguments)
				: super.doInvoke(arguments);
	}

}
