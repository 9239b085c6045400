package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/**
 * A listener method that tells arguments that cannot be resolved from what the method
 * throws, and can call one that suspends.
 */
final class ListenerMethod extends InvocableHandlerMethod {

	private final boolean suspending;

	ListenerMethod(Object bean, Method method) {
		super(bean, method);
		this.suspending = KotlinDetector.isSuspendingFunction(method);
	}

	/**
	 * Call the method with its only argument, for which nothing has to be resolved.
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
		catch (MessageHandlingException ex) {
			throw new UnresolvedArgumentException("An argument of " + getShortLogMessage() + " cannot be resolved", ex);
		}
	}

	@Override
	protected @Nullable Object doInvoke(Object... arguments) throws Exception {
		return this.suspending ? CoroutinesUtils.invokeSuspendingFunction(getBridgedMethod(), getBean(), arguments)
				: super.doInvoke(arguments);
	}

}
