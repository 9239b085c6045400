package io.kinesisspring.boot.autoconfigure;

import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.Externalized;
import org.springframework.modulith.events.config.EventExternalizationAutoConfiguration;
import org.springframework.modulith.events.support.EventExternalizationTransport;
import org.springframework.modulith.events.support.EventExternalizerModuleListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;

/**
 * Tests for {@link KinesisEventExternalizationAutoConfiguration}.
 */
class KinesisEventExternalizationAutoConfigurationTests {

	private final KinesisOperations kinesis = mock(KinesisOperations.class);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisEventExternalizationAutoConfiguration.class))
		.withBean(KinesisOperations.class, () -> this.kinesis);

	private final ApplicationContextRunner withEvents = this.contextRunner.withBean(
			EventExternalizationConfiguration.class,
			() -> EventExternalizationConfiguration.defaults("io.kinesisspring").build());

	@Test
	void sendsAnEventToTheStreamThatItNamesUnderItsKey() {
		OrderPlaced event = new OrderPlaced("customer-1");
		CompletableFuture<SendResult> sent = new CompletableFuture<>();
		given(this.kinesis.send(new ProducerRecord<>("orders", "customer-1", null, event))).willReturn(sent);
		this.withEvents.run((context) -> {
			CompletableFuture<?> externalized = context.getBean(EventExternalizerModuleListener.class)
				.externalize(event);
			assertThat(externalized).isNotDone();
			sent.completeExceptionally(new IllegalStateException("as told"));
			assertThat(externalized).isCompletedExceptionally();
		});
	}

	@Test
	void sendsAnEventWhenTheTransactionThatPublishesItHasCommitted() {
		OrderPlaced event = new OrderPlaced("customer-1");
		ProducerRecord<?> record = new ProducerRecord<>("orders", "customer-1", null, event);
		given(this.kinesis.send(record)).willReturn(new CompletableFuture<>());
		this.contextRunner.withConfiguration(AutoConfigurations.of(EventExternalizationAutoConfiguration.class))
			.withUserConfiguration(Modules.class)
			.run((context) -> {
				TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
				transaction.executeWithoutResult((status) -> {
					context.publishEvent(event);
					then(this.kinesis).shouldHaveNoInteractions();
				});
				then(this.kinesis).should(timeout(10_000)).send(record);
			});
	}

	@Test
	void standsBackWhereAnotherBrokerTakesTheEvents() {
		this.withEvents.withBean(EventExternalizationTransport.class, () -> mock(EventExternalizationTransport.class))
			.run((context) -> assertThat(context).doesNotHaveBean(EventExternalizerModuleListener.class));
	}

	@Test
	void doesNothingWhereNothingIsExternalized() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(EventExternalizationTransport.class));
	}

	@Test
	void needsNoModulith() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.modulith"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Modules {

		@Bean
		PlatformTransactionManager transactionManager() {
			return new PseudoTransactionManager();
		}

		@Bean
		TransactionTemplate transactionTemplate(PlatformTransactionManager transactionManager) {
			return new TransactionTemplate(transactionManager);
		}

	}

	private static final class PseudoTransactionManager extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

	/**
	 * An event.
	 *
	 * @param customer whose order it is
	 */
	@Externalized("orders::#{customer()}")
	record OrderPlaced(String customer) {

	}

}
