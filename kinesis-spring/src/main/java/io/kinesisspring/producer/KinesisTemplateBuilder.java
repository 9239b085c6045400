package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;

/**
 * Builds a {@link KinesisTemplate}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisTemplateBuilder {

	private final KinesisAsyncClient client;

	private RecordConverter converter = new SimpleRecordConverter();

	private ProducerOptions options = ProducerOptions.defaults();

	private List<SendInterceptor> interceptors = List.of();

	private KinesisObservations observations = KinesisObservations.NONE;

	private @Nullable Executor executor;

	KinesisTemplateBuilder(KinesisAsyncClient client) {
		Assert.notNull(client, "'client' must not be null");
		this.client = client;
	}

	/**
	 * Set the converter of payloads: a {@link SimpleRecordConverter} by default.
	 * @param converter the converter
	 * @return this builder
	 */
	public KinesisTemplateBuilder converter(RecordConverter converter) {
		this.converter = converter;
		return this;
	}

	/**
	 * Set the options: {@link ProducerOptions#defaults()} by default.
	 * @param options the options
	 * @return this builder
	 */
	public KinesisTemplateBuilder options(ProducerOptions options) {
		this.options = options;
		return this;
	}

	/**
	 * Set the interceptors of each send, the first outermost: none by default.
	 * @param interceptors the interceptors
	 * @return this builder
	 */
	public KinesisTemplateBuilder interceptors(List<? extends SendInterceptor> interceptors) {
		this.interceptors = List.copyOf(interceptors);
		return this;
	}

	/**
	 * Set the observations of each send: none by default.
	 * @param observations the observations
	 * @return this builder
	 */
	public KinesisTemplateBuilder observations(KinesisObservations observations) {
		this.observations = observations;
		return this;
	}

	/**
	 * Set the executor on which requests are made and futures complete: threads of the
	 * template's own by default. An executor of few threads must not be shared with work
	 * that blocks. If the executor rejects a task, a thread of the template's own runs
	 * it. With an executor that runs tasks on the calling thread, callbacks delay the
	 * whole template, and callbacks that block stop it.
	 * @param executor the executor
	 * @return this builder
	 */
	public KinesisTemplateBuilder executor(Executor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Build the template. It is ready to send.
	 * @return the template
	 */
	public KinesisTemplate build() {
		SendContext context = new SendContext(ServiceCalls.of(this.client), SendLifecycle.startLoop(),
				(this.executor != null) ? this.executor : new TemplateExecutor());
		return new KinesisTemplate(context, this.converter, this.options, this.interceptors, this.observations);
	}

}
