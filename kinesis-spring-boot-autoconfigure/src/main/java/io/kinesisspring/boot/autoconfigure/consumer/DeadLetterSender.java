package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.admin.KinesisAdmin;
import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * Sends the dead letters of the auto-configured listeners: with the bean
 * {@code kinesisTemplate}, or else with a template of its own for the client that reads.
 * It does not use other templates of the application, which may belong to other accounts.
 */
final class DeadLetterSender implements DisposableBean {

	static final String TEMPLATE = "kinesisTemplate";

	private static final String ADMIN = "kinesisAdmin";

	private final BeanFactory beanFactory;

	private final KinesisAsyncClient client;

	private final SingletonSupplier<KinesisTemplate> own;

	private volatile boolean ownIsMade;

	DeadLetterSender(BeanFactory beanFactory, KinesisAsyncClient client, Supplier<KinesisTemplate> template) {
		this.beanFactory = beanFactory;
		this.client = client;
		this.own = SingletonSupplier.of(() -> {
			this.ownIsMade = true;
			return template.get();
		});
	}

	KinesisOperations operations() {
		return isTemplateBean() ? this.beanFactory.getBean(TEMPLATE, KinesisOperations.class) : this.own.obtain();
	}

	private boolean isTemplateBean() {
		return this.beanFactory.containsBean(TEMPLATE)
				&& this.beanFactory.isTypeMatch(TEMPLATE, KinesisOperations.class);
	}

	/**
	 * Create a recoverer.
	 * @param stream the dead-letter stream; {@code null} for the default name
	 * @param resolver chooses the stream of a record, if there is one
	 */
	RecordRecoverer recoverer(@Nullable String stream, @Nullable DeadLetterDestinationResolver resolver) {
		DeadLetterPublishingRecoverer.Builder builder = DeadLetterPublishingRecoverer.builder(this::operations)
			.destination(resolver)
			.preparation(this::prepare);
		return ((stream != null) ? builder.stream(stream) : builder).build();
	}

	/**
	 * Only the client that sends the dead letters knows whether their stream exists.
	 */
	private CompletionStage<?> prepare(StreamIdentifier stream) {
		boolean sends = !isTemplateBean() || (this.beanFactory.getBean(TEMPLATE) instanceof KinesisTemplate template
				&& template.sendsWith(this.client));
		return (sends && this.beanFactory.containsBean(ADMIN))
				? this.beanFactory.getBean(ADMIN, KinesisAdmin.class).prepareDeadLetterStream(stream)
				: CompletableFuture.completedFuture(null);
	}

	@Override
	public void destroy() {
		if (this.ownIsMade) {
			this.own.obtain().close();
		}
	}

}
