package io.kinesisspring.boot.autoconfigure.aot;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.LeaseProperties;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;
import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application starts and works from the code that ahead-of-time processing has
 * generated, and a native image is told what it needs.
 */
@CompileWithForkedClassLoader
@Timeout(180)
class AheadOfTimeTests {

	@Test
	@SuppressWarnings("unchecked")
	void theProcessedApplicationListensAndSends() {
		try (EmbeddedKinesisServer server = startServer()) {
			TestGenerationContext generated = new TestGenerationContext(ShopApplication.Application.class);
			String initializer = process(server, generated);
			TestCompiler.forSystem().with(generated).compile((compiled) -> {
				try (GenericApplicationContext context = new GenericApplicationContext()) {
					ShopApplication.values(properties(server)).applyTo(context);
					compiled.getInstance(ApplicationContextInitializer.class, initializer).initialize(context);
					context.refresh();
					ShopApplication.assertWorks(context);
				}
			});
		}
	}

	@Test
	void aNativeImageIsToldWhatItNeeds() {
		try (EmbeddedKinesisServer server = startServer()) {
			TestGenerationContext generated = new TestGenerationContext(ShopApplication.Application.class);
			process(server, generated);
			RuntimeHints hints = generated.getRuntimeHints();
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ShopApplication.Shop.class, "onOrder"))
				.accepts(hints);
			for (Class<?> bound : new Class<?>[] { ShopApplication.Order.class, ShopApplication.Invoice.class,
					ShopApplication.Event.class, KinesisProperties.class, ListenerProperties.class,
					ListenerProperties.Retry.class, LeaseProperties.class, LeaseProperties.Table.class,
					LeaseProperties.Import.class, KinesisProperties.Http.Proxy.class,
					ShopApplication.Positive.class }) {
				assertThat(RuntimeHintsPredicates.reflection()
					.onType(bound)
					.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
					.or(RuntimeHintsPredicates.reflection()
						.onConstructorInvocation(bound.getDeclaredConstructors()[0])))
					.as(bound.getName())
					.accepts(hints);
			}
		}
	}

	private static EmbeddedKinesisServer startServer() {
		EmbeddedKinesisServer.Builder builder = EmbeddedKinesisServer.builder().dynamoDb(false);
		for (String stream : ShopApplication.STREAMS) {
			builder.stream(stream, 1);
		}
		return builder.start();
	}

	private static String process(EmbeddedKinesisServer server, TestGenerationContext generated) {
		String initializer = ShopApplication.process(properties(server), generated).toString();
		generated.writeGeneratedContent();
		return initializer;
	}

	private static Map<String, String> properties(EmbeddedKinesisServer server) {
		Map<String, String> properties = new HashMap<>(server.properties());
		properties.put("kinesis.lease.store", "memory");
		return properties;
	}

}
