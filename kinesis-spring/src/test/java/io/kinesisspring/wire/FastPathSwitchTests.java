package io.kinesisspring.wire;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for where {@link FastPath} is on: only where nobody else sees the records.
 */
class FastPathSwitchTests {

	private final CannedHttp http = new CannedHttp();

	@Test
	void isOnForClientsOfTheSdkWithTheInterceptor() {
		FastPath path = FastPath.of(client());
		assertThat(path.isDecoding()).isTrue();
		assertThat(path.isEncoding()).isTrue();
	}

	@Test
	void isOffWithoutTheInterceptor() {
		assertOff(this.http.client(1));
	}

	@Test
	void isOffForClientsThatWrapAnother() {
		KinesisAsyncClient client = client();
		assertOff((KinesisAsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class },
				(proxy, method, arguments) -> method.invoke(client, arguments)));
	}

	/**
	 * A wrapper may fail in its own way, and nothing of it is needed.
	 */
	@Test
	void asksNothingOfClientsThatWrapAnother() {
		assertOff((KinesisAsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { KinesisAsyncClient.class }, (proxy, method, arguments) -> {
					throw new Exception(method.getName());
				}));
	}

	@Test
	void isOffForClientsThatAreNotOfTheSdk() {
		assertOff(new KinesisAsyncClient() {

			@Override
			public String serviceName() {
				return "kinesis";
			}

			@Override
			public void close() {
			}

		});
	}

	private static void assertOff(KinesisAsyncClient client) {
		FastPath path = FastPath.of(client);
		assertThat(path.isDecoding()).isFalse();
		assertThat(path.isEncoding()).isFalse();
	}

	@Test
	void interceptorsOfHeadersAndAttemptsLeaveItOn() {
		FastPath path = FastPath.of(client(new Header(), new Counting()));
		assertThat(path.isDecoding()).isTrue();
		assertThat(path.isEncoding()).isTrue();
	}

	@Test
	void interceptorThatSeesRequestsSwitchesEncodingOff() {
		FastPath path = FastPath.of(client(new Request()));
		assertThat(path.isDecoding()).isTrue();
		assertThat(path.isEncoding()).isFalse();
	}

	@Test
	void interceptorThatSeesModelObjectsAtTheEndSwitchesBothOff() {
		assertOff(client(new Response()));
	}

	/**
	 * Agents and libraries bring their interceptors in files of the class path.
	 */
	@Test
	void interceptorOfTheClassPathCountsToo(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("software/amazon/awssdk/services/kinesis/execution.interceptors");
		Files.createDirectories(file.getParent());
		Files.writeString(file, Response.class.getName());
		assertThat(isDecoding(null)).isTrue();
		assertThat(isDecoding(directory)).isFalse();
	}

	/**
	 * With an SDK of its own, which sees a directory more.
	 */
	private static boolean isDecoding(@Nullable Path directory) throws Exception {
		List<URL> classPath = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			classPath.add(Path.of(entry).toUri().toURL());
		}
		if (directory != null) {
			classPath.add(directory.toUri().toURL());
		}
		try (URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> copy = loader.loadClass(Isolated.class.getName());
			return (boolean) ((Callable<?>) copy.getDeclaredConstructor().newInstance()).call();
		}
	}

	/**
	 * The SDK accepts the name of an attribute once.
	 */
	@Test
	void twoApplicationsMayShareTheSdk() throws ReflectiveOperationException {
		ExecutionAttribute<?> own = RecordsCall.ATTRIBUTE;
		Class<?> copy = new CopyingLoader(getClass().getClassLoader()).loadClass(RecordsCall.class.getName());
		Field attribute = copy.getDeclaredField("ATTRIBUTE");
		attribute.setAccessible(true);
		assertThat(attribute.get(null)).isNotSameAs(own).isInstanceOf(ExecutionAttribute.class);
	}

	@Test
	void callsOfTheApplicationAreTheSdks() {
		byte[] content = RandomAnswer.plain(new Random(7));
		this.http.answer(200, CannedHttp.chunks(content, 5));
		GetRecordsRequest request = GetRecordsRequest.builder().shardIterator("it").build();
		assertThat(client().getRecords(request).join().hasRecords()).isTrue();
		this.http.answer(200, List.of(ByteBuffer.wrap(new byte[] { (byte) 0xA0 })));
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey("key")
			.data(SdkBytes.fromUtf8String("x"))
			.build();
		client().putRecords((put) -> put.streamName("orders").records(List.of(entry))).join();
		assertThat(new String(this.http.sent().get(1).content(), StandardCharsets.ISO_8859_1)).contains("PartitionKey");
	}

	private KinesisAsyncClient client(ExecutionInterceptor... others) {
		List<ExecutionInterceptor> interceptors = new ArrayList<>(List.of(others));
		interceptors.add(0, FastPath.interceptor());
		return this.http.client(1, interceptors.toArray(ExecutionInterceptor[]::new));
	}

	private static final class Header implements ExecutionInterceptor {

		@Override
		public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
			return context.httpRequest().toBuilder().putHeader("x-team", "billing").build();
		}

	}

	private static final class Counting implements ExecutionInterceptor {

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
		}

	}

	private static final class Request implements ExecutionInterceptor {

		@Override
		public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
		}

	}

	/**
	 * An interceptor that the SDK can create.
	 */
	public static final class Response implements ExecutionInterceptor {

		@Override
		public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
		}

	}

	/**
	 * Runs with an SDK of its own.
	 */
	public static final class Isolated implements Callable<Boolean> {

		@Override
		public Boolean call() {
			try (KinesisAsyncClient client = new CannedHttp().client(1, FastPath.interceptor())) {
				return FastPath.of(client).isDecoding();
			}
		}

	}

	/**
	 * Has copies of the package of its own.
	 */
	private static final class CopyingLoader extends ClassLoader {

		private CopyingLoader(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("io.kinesisspring.wire.")) {
				return super.loadClass(name, resolve);
			}
			Class<?> loaded = findLoadedClass(name);
			if (loaded != null) {
				return loaded;
			}
			try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = file.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
