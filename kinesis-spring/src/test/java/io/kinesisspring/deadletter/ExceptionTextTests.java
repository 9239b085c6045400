package io.kinesisspring.deadletter;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExceptionText}.
 */
class ExceptionTextTests {

	@Test
	void namesTheRootCauseAndWhereItWasThrown() {
		Exception root = new IllegalArgumentException("no such customer");
		ExceptionText text = ExceptionText.of(new IllegalStateException("failed", new RuntimeException(root)));
		assertThat(text.type()).isEqualTo("java.lang.IllegalStateException");
		assertThat(text.message()).isEqualTo("failed");
		assertThat(text.rootCause()).isEqualTo("java.lang.IllegalArgumentException");
		assertThat(text.rootCauseMessage()).isEqualTo("no such customer");
		assertThat(text.stackTrace()).startsWith("java.lang.IllegalStateException\n\tat " + getClass().getName())
			.contains("\nCaused by: java.lang.RuntimeException\n",
					"\nCaused by: java.lang.IllegalArgumentException\n\tat ")
			.doesNotContain("no such customer");
	}

	@Test
	void hasNoRootCauseWithoutACause() {
		ExceptionText text = ExceptionText.of(new IllegalStateException("failed"));
		assertThat(text.rootCause()).isNull();
		assertThat(text.rootCauseMessage()).isNull();
	}

	@Test
	void boundsMessagesAndStackTraces() {
		Throwable ex = new IllegalStateException("m".repeat(100_000));
		for (int i = 0; i < 200; i++) {
			ex = new IllegalStateException("m".repeat(100_000), ex);
		}
		ExceptionText text = ExceptionText.of(ex);
		assertThat(text.message()).hasSize(ExceptionText.MAX_MESSAGE).endsWith("m\u2026");
		assertThat(text.rootCauseMessage()).hasSize(ExceptionText.MAX_MESSAGE);
		assertThat(text.stackTrace()).hasSize(ExceptionText.MAX_STACK_TRACE).endsWith("\u2026");
	}

	@Test
	void showsTheFirstFramesOfEachCauseOnly() {
		Exception ex = new Exception();
		StackTraceElement[] frames = new StackTraceElement[500];
		Arrays.setAll(frames, (i) -> new StackTraceElement("Type", "method" + i, "Type.java", i));
		ex.setStackTrace(frames);
		assertThat(ExceptionText.of(new Exception(ex)).stackTrace())
			.contains("method14(Type.java:14)\n\t... 485 more\n")
			.doesNotContain("method15(");
	}

	@Test
	void endsWhenCausesFormACircle() {
		Exception first = new Exception("first");
		Exception second = new IllegalStateException("second", first);
		first.initCause(second);
		ExceptionText text = ExceptionText.of(first);
		assertThat(text.rootCauseMessage()).isEqualTo("second");
		assertThat(text.stackTrace()).containsOnlyOnce("Caused by");
	}

	@Test
	void describesExceptionsWhoseMethodsThrow() {
		ExceptionText text = ExceptionText.of(new Exception() {

			private static final long serialVersionUID = 1L;

			@Override
			public String getMessage() {
				throw new StackOverflowError();
			}

			@Override
			public synchronized Throwable getCause() {
				throw new IllegalStateException("no cause");
			}

			@Override
			public StackTraceElement[] getStackTrace() {
				throw new IllegalStateException("no trace");
			}

		});
		assertThat(text.message()).isNull();
		assertThat(text.rootCause()).isNull();
		assertThat(text.stackTrace()).isEqualTo(text.type() + "\n");
	}

}
