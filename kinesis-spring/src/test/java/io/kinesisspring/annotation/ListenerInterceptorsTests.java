package io.kinesisspring.annotation;

import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.listener.BatchRecordFilter;
import io.kinesisspring.listener.RecordInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the attributes {@code interceptors} and {@code filter} of a listener.
 */
class ListenerInterceptorsTests {

	private static final Consumer<AnnotationConfigApplicationContext> INTERCEPTORS = (context) -> {
		for (String name : new String[] { "audit", "masking", "timing" }) {
			context.registerBean(name, RecordInterceptor.class, () -> new RecordInterceptor() {
			});
		}
	};

	@Test
	void aListenerNamesInterceptorsOfItsOwnInTheirOrder() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of(INTERCEPTORS, Named.class)) {
			assertThat(ListenerContext.container(context).getOptions().delivery().interceptors()).containsExactly(
					context.getBean("timing", RecordInterceptor.class),
					context.getBean("masking", RecordInterceptor.class),
					context.getBean("audit", RecordInterceptor.class));
		}
	}

	@Test
	void aListenerThatNamesNoneHasThoseOfTheFactory() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of(INTERCEPTORS, Nameless.class)) {
			assertThat(ListenerContext.container(context).getOptions().delivery().interceptors()).isEmpty();
		}
	}

	@Test
	void aNameOfNoInterceptorFailsTheStart() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> ListenerContext.of(INTERCEPTORS, Wrong.class))
			.withMessageContaining("The attribute 'interceptors' of @KinesisListener")
			.withMessageContaining("Wrong.onOrder()")
			.withMessageContaining("is 'converter'")
			.withMessageContaining("Give the names of RecordInterceptor beans");
	}

	@Test
	void aListenerNamesABatchFilter() {
		BatchRecordFilter newest = (records) -> records.subList(records.size() - 1, records.size());
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((beans) -> beans.registerBean("newest", BatchRecordFilter.class, () -> newest), Newest.class)) {
			assertThat(ListenerContext.container(context).getOptions().delivery().filter()).isSameAs(newest);
		}
	}

	static class Named {

		@KinesisListener(id = "named", streams = "orders", interceptors = { "timing,#{'masking'}", "audit", "timing" })
		void onOrder(String order) {
		}

	}

	static class Nameless {

		@KinesisListener(id = "nameless", streams = "orders")
		void onOrder(String order) {
		}

	}

	static class Wrong {

		@KinesisListener(id = "wrong", streams = "orders", interceptors = "converter")
		void onOrder(String order) {
		}

	}

	static class Newest {

		@KinesisListener(id = "newest", streams = "orders", filter = "newest")
		void onOrder(String order) {
		}

	}

}
