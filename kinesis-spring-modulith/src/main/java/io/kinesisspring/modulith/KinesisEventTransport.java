package io.kinesisspring.modulith;

import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.support.BrokerRouting;
import org.springframework.modulith.events.support.EventExternalizationTransport;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.producer.KinesisOperations;

/**
 * Sends an event to its target stream with its key. Thread-safe.
 */
final class KinesisEventTransport implements EventExternalizationTransport {

	private final KinesisOperations kinesis;

	private final EventExternalizationConfiguration configuration;

	private final StandardEvaluationContext context = new StandardEvaluationContext();

	KinesisEventTransport(KinesisOperations kinesis, EventExternalizationConfiguration configuration,
			BeanFactory beanFactory) {
		this.kinesis = kinesis;
		this.configuration = configuration;
		this.context.setBeanResolver(new BeanFactoryResolver(beanFactory));
	}

	/**
	 * Send an event.
	 * @return completes when the record is stored, and fails if it is not
	 */
	@Override
	public CompletableFuture<?> externalize(Object payload, RoutingTarget target) {
		BrokerRouting routing = BrokerRouting.of(target, this.context);
		MessageBuilder<?> message = (payload instanceof Message<?> whole) ? MessageBuilder.fromMessage(whole)
				: MessageBuilder.withPayload(payload);
		message.copyHeaders(this.configuration.getHeadersFor(payload));
		String key = routing.getKey(payload);
		if (key != null) {
			message.setHeaderIfAbsent(KinesisHeaders.PARTITION_KEY, key);
		}
		return this.kinesis.send(routing.getTarget(payload), message.build());
	}

}
