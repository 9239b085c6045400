package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.function.Supplier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;

import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * Who sends the dead letters of the auto-configured listeners: the bean
 * {@code kinesisTemplate}, or else a template that nobody else uses, by the client that
 * reads. Never another template that the application has, which may be another account's.
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
