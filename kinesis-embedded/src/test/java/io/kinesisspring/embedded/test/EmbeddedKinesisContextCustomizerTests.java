package io.kinesisspring.embedded.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link EmbeddedKinesisContextCustomizer}, which is what context caching compares.
 */
class EmbeddedKinesisContextCustomizerTests {

	private final EmbeddedKinesisContextCustomizerFactory factory = new EmbeddedKinesisContextCustomizerFactory();

	@Test
	void testsWithEqualAnnotationsShareAContext() {
		assertThat(customizer(First.class)).isEqualTo(customizer(Second.class))
			.hasSameHashCodeAs(customizer(Second.class));
		assertThat(customizer(First.class)).isNotEqualTo(customizer(Other.class));
	}

	@Test
	void testsWithoutTheAnnotationHaveNoServer() {
		assertThat(this.factory.createContextCustomizer(Object.class, List.of())).isNull();
	}

	@Test
	void theServerIsClosedWithTheContext() {
		GenericApplicationContext context = new GenericApplicationContext();
		customizer(First.class).customizeContext(context,
				new MergedContextConfiguration(First.class, null, null, null, null));
		context.refresh();
		int port = context.getBean("embeddedKinesisServer", EmbeddedKinesisServer.class).port();
		context.close();
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port));
	}

	@Test
	void namesAMalformedStream() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> customizer(Malformed.class).customizeContext(new GenericApplicationContext(),
					new MergedContextConfiguration(Malformed.class, null, null, null, null)))
			.withMessage("'orders:many' must be of the form 'name:shards' or 'name:shards:mode'");
	}

	private ContextCustomizer customizer(Class<?> testClass) {
		return this.factory.createContextCustomizer(testClass, List.of());
	}

	@EmbeddedKinesis(streams = "orders:2", dynamoDb = false)
	static class First {

	}

	@EmbeddedKinesis(value = "orders:2", dynamoDb = false)
	static class Second {

	}

	@EmbeddedKinesis(streams = "orders:3", dynamoDb = false)
	static class Other {

	}

	@EmbeddedKinesis(streams = "orders:many", dynamoDb = false)
	static class Malformed {

	}

}
