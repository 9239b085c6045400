package io.kinesisspring.boot.autoconfigure;

import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.support.BrokerRouting;
import org.springframework.modulith.events.support.EventExternalizationTransport;

import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;

/**
 * Sends the events that Spring Modulith externalizes.
 */
final class KinesisEventTransport implements EventExternalizationTransport {

	private final KinesisOperations kinesis;

	private final StandardEvaluationContext context = new StandardEvaluationContext();

	KinesisEventTransport(KinesisOperations kinesis, BeanFactory beanFactory) {
		this.kinesis = kinesis;
		this.context.setBeanResolver(new BeanFactoryResolver(beanFactory));
	}

	@Override
	public CompletableFuture<?> externalize(Object payload, RoutingTarget target) {
		BrokerRouting routing = BrokerRouting.of(target, this.context);
		return this.kinesis
			.send(new ProducerRecord<>(routing.getTarget(payload), routing.getKey(payload), null, payload));
	}

}
