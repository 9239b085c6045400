package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.function.Supplier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;

import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * Sends the dead letters of the auto-configured listeners: with the bean
 * {@code kinesisTemplate}, or else with a template of its own for the client that reads.
 * It does not use other templates of the application, which may belong to other accounts.
 */
final class DeadLetterSender implements DisposableBean {

	static final String TEMPLATE = "kinesisTemplate";

	private final BeanFactory beanFactory;

	private final SingletonSupplier<KinesisTemplate> own;

	private volatile boolean ownIsMade;

	DeadLetterSender(BeanFactory beanFactory, Supplier<KinesisTemplate> template) {
		this.beanFactory = beanFactory;
		this.own = SingletonSupplier.of(() -> {
			this.ownIsMade = true;
			return template.get();
		});
	}

	KinesisOperations operations() {
		boolean there = this.beanFactory.containsBean(TEMPLATE)
				&& this.beanFactory.isTypeMatch(TEMPLATE, KinesisOperations.class);
		return there ? this.beanFactory.getBean(TEMPLATE, KinesisOperations.class) : this.own.obtain();
	}

	@Override
	public void destroy() {
		if (this.ownIsMade) {
			this.own.obtain().close();
		}
	}

}
