package io.kinesisspring.annotation;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ClassUtils;

/**
 * Registers what beans with {@link KinesisListener} methods need in a native image.
 */
class ListenerBeanRegistrationAotProcessor implements BeanRegistrationAotProcessor {

	/**
	 * Registers the constraints of beans. Payloads have constraints, too, and are no
	 * beans.
	 */
	private static final String VALIDATION = "org.springframework.validation.beanvalidation.BeanValidationBeanRegistrationAotProcessor";

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> type = ClassUtils.getUserClass(registeredBean.getBeanClass());
		ListenerMethods methods = ListenerMethods.of(type);
		if (methods.isEmpty()) {
			return null;
		}
		return (generationContext, code) -> {
			ListenerHints hints = new ListenerHints(generationContext.getRuntimeHints(), type);
			hints.register(methods);
			registerConstraints(hints.payloads(), generationContext, code);
		};
	}

	private static void registerConstraints(Set<Class<?>> payloads, GenerationContext generationContext,
			BeanRegistrationCode code) {
		List<BeanRegistrationAotProcessor> processors = AotServices.factories()
			.load(BeanRegistrationAotProcessor.class)
			.stream()
			.filter((processor) -> processor.getClass().getName().equals(VALIDATION))
			.toList();
		for (BeanRegistrationAotProcessor processor : processors) {
			for (Class<?> payload : payloads) {
				BeanRegistrationAotContribution constraints = processor.processAheadOfTime(asBean(payload));
				if (constraints != null) {
					constraints.applyTo(generationContext, code);
				}
			}
		}
	}

	private static RegisteredBean asBean(Class<?> payload) {
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		beanFactory.registerBeanDefinition("payload", new RootBeanDefinition(payload));
		return RegisteredBean.of(beanFactory, "payload");
	}

}
