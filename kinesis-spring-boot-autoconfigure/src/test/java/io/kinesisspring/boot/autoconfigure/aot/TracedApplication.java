package io.kinesisspring.boot.autoconfigure.aot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.springframework.aot.agent.RecordedInvocation;
import org.springframework.aot.agent.RecordedInvocationsListener;
import org.springframework.aot.agent.RecordedInvocationsPublisher;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;
import org.springframework.util.ClassUtils;

/**
 * Runs {@link ShopApplication} from its generated code in a process with the agent that
 * records reflection, and prints each call that a native image would not allow.
 */
public final class TracedApplication {

	static final String DONE = "All calls are recorded: ";

	static final String MISSING = "Missing: ";

	/**
	 * Looks for listeners in class files. A native image has none, so that nothing is
	 * found there.
	 */
	private static final String CLASS_FILES = "io.kinesisspring.annotation.UncreatedListeners";

	private TracedApplication() {
	}

	/**
	 * Run it.
	 * @param args a directory whose subdirectory {@code class} is on the class path, and
	 * the properties of the back ends
	 */
	public static void main(String[] args) throws Exception {
		Path directory = Path.of(args[0]);
		Map<String, String> properties = new HashMap<>();
		for (int i = 1; i < args.length; i++) {
			properties.put(args[i].substring(0, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
		}
		DefaultGenerationContext generated = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(ShopApplication.Application.class)),
				new FileSystemGeneratedFiles((kind) -> directory.resolve(kind.name().toLowerCase(Locale.ROOT))));
		ClassName initializer = ShopApplication.process(properties, generated);
		generated.writeGeneratedContent();
		compile(directory);
		System.setProperty("spring.aot.enabled", "true");
		Queue<RecordedInvocation> recorded = new ConcurrentLinkedQueue<>();
		RecordedInvocationsListener listener = recorded::add;
		RecordedInvocationsPublisher.addListener(listener);
		run(properties, initializer);
		RecordedInvocationsPublisher.removeListener(listener);
		Set<String> missing = new TreeSet<>();
		recorded.stream()
			.filter((invocation) -> !invocation.matches(generated.getRuntimeHints()))
			.filter((invocation) -> invocation.getStackFrames()
				.noneMatch((frame) -> frame.getClassName().equals(CLASS_FILES)))
			.forEach((invocation) -> missing.add(text(invocation)));
		missing.forEach((line) -> System.out.println(MISSING + line));
		System.out.println(DONE + recorded.size());
		System.exit(0);
	}

	@SuppressWarnings("unchecked")
	private static void run(Map<String, String> properties, ClassName initializer) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			ShopApplication.values(properties).applyTo(context);
			Class<?> type = ClassUtils.resolveClassName(initializer.reflectionName(), null);
			((ApplicationContextInitializer<GenericApplicationContext>) BeanUtils.instantiateClass(type))
				.initialize(context);
			context.refresh();
			ShopApplication.assertWorks(context);
		}
	}

	private static void compile(Path directory) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (Stream<Path> files = Files.walk(directory.resolve("source"));
				StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			List<Path> sources = files.filter((file) -> file.toString().endsWith(".java")).toList();
			boolean compiled = compiler
				.getTask(null, manager, null,
						List.of("-proc:none", "-parameters", "-nowarn", "-d", directory.resolve("class").toString(),
								"-cp", System.getProperty("java.class.path")),
						null, manager.getJavaFileObjectsFromPaths(sources))
				.call();
			if (!compiled) {
				throw new IllegalStateException("The generated code does not compile");
			}
		}
	}

	private static String text(RecordedInvocation invocation) {
		String by = invocation.getStackFrames()
			.map((frame) -> frame.getClassName() + "." + frame.getMethodName())
			.limit(12)
			.toList()
			.toString();
		return invocation.getHintType() + " " + invocation.getMethodReference() + " of "
				+ (invocation.isStatic() ? "" : invocation.getInstanceTypeReference()) + " " + invocation.getArguments()
				+ " by " + by;
	}

}
