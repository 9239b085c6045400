package io.kinesisspring.embedded.conformance;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * A synchronous client in the shape of an asynchronous one, so that the suite need not be
 * written twice. It can do all but subscribe.
 */
final class SynchronousClient implements InvocationHandler {

	private final KinesisClient client;

	private final SdkHttpClient http;

	private SynchronousClient(KinesisClient client, SdkHttpClient http) {
		this.client = client;
		this.http = http;
	}

	static KinesisAsyncClient wrap(KinesisClient client, SdkHttpClient http) {
		return (KinesisAsyncClient) Proxy.newProxyInstance(SynchronousClient.class.getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class }, new SynchronousClient(client, http));
	}

	@Override
	public Object invoke(Object proxy, Method method, Object[] arguments) throws ReflectiveOperationException {
		Method same = KinesisClient.class.getMethod(method.getName(), method.getParameterTypes());
		try {
			Object result = same.invoke(this.client, arguments);
			if (method.getName().equals("close")) {
				this.http.close();
			}
			return (method.getReturnType() == CompletableFuture.class) ? CompletableFuture.completedFuture(result)
					: result;
		}
		catch (InvocationTargetException ex) {
			return CompletableFuture.failedFuture(ex.getCause());
		}
	}

}
