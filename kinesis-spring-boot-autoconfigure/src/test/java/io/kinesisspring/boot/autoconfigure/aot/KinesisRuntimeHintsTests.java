package io.kinesisspring.boot.autoconfigure.aot;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import software.amazon.awssdk.core.interceptor.ClasspathInterceptorChainFactory;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KinesisRuntimeHints}.
 */
class KinesisRuntimeHintsTests {

	private static final String GLOBAL = "software/amazon/awssdk/global/handlers/execution.interceptors";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { GLOBAL, "software/amazon/awssdk/services/kinesis/execution.interceptors",
			"software/amazon/awssdk/services/dynamodb/execution.interceptors",
			"software/amazon/awssdk/services/sts/execution.interceptors" })
	void theSdkFindsAndCreatesItsInterceptors(String file) throws IOException {
		RuntimeHints hints = hintsWith(file, Interceptor.class.getName() + "\n");
		assertThat(RuntimeHintsPredicates.resource().forResource(file)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Interceptor.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
	}

	@Test
	void blankLinesAndCommentsAreNoInterceptors() throws IOException {
		RuntimeHints hints = hintsWith(GLOBAL, "# tracing\n\n  " + Interceptor.class.getName() + "  \n");
		assertThat(RuntimeHintsPredicates.reflection().onType(Interceptor.class)).accepts(hints);
		assertThat(hints.reflection().typeHints()).noneMatch((hint) -> hint.getType().getName().contains("tracing"));
	}

	@Test
	void interceptorsThatAreNotOnTheClassPathAreLeftOut() throws IOException {
		RuntimeHints hints = hintsWith(GLOBAL, "com.example.Missing\n");
		assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of("com.example.Missing"))).rejects(hints);
	}

	@Test
	void withoutFilesNoResourcesAreRegistered() {
		RuntimeHints hints = new RuntimeHints();
		new KinesisRuntimeHints().registerHints(hints, new URLClassLoader(new URL[0], null));
		assertThat(RuntimeHintsPredicates.resource().forResource(GLOBAL)).rejects(hints);
	}

	/**
	 * The module dynamodb-enhanced, which is on the class path of the tests, brings one.
	 */
	@Test
	void everyInterceptorThatTheSdkFindsIsKnown() throws IOException {
		String file = "software/amazon/awssdk/services/dynamodb/execution.interceptors";
		List<ExecutionInterceptor> found = new ClasspathInterceptorChainFactory().getInterceptors(file);
		assertThat(found).isNotEmpty();
		RuntimeHints hints = hintsWith(file, Interceptor.class.getName());
		assertThat(found).allSatisfy((interceptor) -> assertThat(RuntimeHintsPredicates.reflection()
			.onType(interceptor.getClass())
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints));
		assertThat(RuntimeHintsPredicates.reflection().onType(Interceptor.class)).as("in another file of this name")
			.accepts(hints);
	}

	private RuntimeHints hintsWith(String file, String content) throws IOException {
		RuntimeHints hints = new RuntimeHints();
		try (URLClassLoader classLoader = classLoaderWith(file, content)) {
			new KinesisRuntimeHints().registerHints(hints, classLoader);
		}
		return hints;
	}

	private URLClassLoader classLoaderWith(String file, String content) throws IOException {
		Path path = this.directory.resolve(file);
		Files.createDirectories(path.getParent());
		Files.writeString(path, content);
		return new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, getClass().getClassLoader());
	}

	/**
	 * An interceptor as a tracing library brings it.
	 */
	public static final class Interceptor implements ExecutionInterceptor {

	}

}
