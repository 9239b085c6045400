package io.kinesisspring.boot.autoconfigure.condition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/**
 * Matches unless an ancestor of the context has such a bean that this library did not
 * auto-configure.
 */
class OnMissingAncestorBean extends SpringBootCondition implements ConfigurationCondition {

	private static final Pattern OURS = Pattern
		.compile("io\\.kinesisspring\\.boot\\.autoconfigure\\.(\\w+\\.)*Kinesis\\w*Configuration(\\$.*)?");

	OnMissingAncestorBean() {
	}

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		MergedAnnotation<ConditionalOnMissingContextBean> annotation = metadata.getAnnotations()
			.get(ConditionalOnMissingContextBean.class);
		List<Class<?>> types = types(annotation, metadata, context.getClassLoader());
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnMissingContextBean.class);
		BeanFactory ancestor = Objects.requireNonNull(context.getBeanFactory()).getParentBeanFactory();
		while (ancestor instanceof ConfigurableListableBeanFactory beans) {
			List<String> found = new ArrayList<>(List.of(annotation.getStringArray("name")));
			types.forEach((type) -> found.addAll(Arrays.asList(beans.getBeanNamesForType(type, true, false))));
			found.removeIf((name) -> !isOfTheApplication(name, beans));
			if (!found.isEmpty()) {
				return ConditionOutcome.noMatch(message.found("bean", "beans").items(found));
			}
			ancestor = beans.getParentBeanFactory();
		}
		return ConditionOutcome.match(message.because("no ancestor has such a bean of the application's own"));
	}

	private static List<Class<?>> types(MergedAnnotation<ConditionalOnMissingContextBean> annotation,
			AnnotatedTypeMetadata metadata, @Nullable ClassLoader classLoader) {
		Class<?>[] types = annotation.getClassArray("value");
		if (types.length == 0 && annotation.getStringArray("name").length == 0
				&& metadata instanceof MethodMetadata method) {
			return List.of(ClassUtils.resolveClassName(method.getReturnTypeName(), classLoader));
		}
		return List.of(types);
	}

	private static boolean isOfTheApplication(String name, ConfigurableListableBeanFactory beans) {
		if (!beans.containsBeanDefinition(name)) {
			return beans.containsSingleton(name);
		}
		BeanDefinition definition = beans.getBeanDefinition(name);
		boolean candidate = definition.isAutowireCandidate()
				&& (!(definition instanceof AbstractBeanDefinition own) || own.isDefaultCandidate());
		boolean ours = definition instanceof AnnotatedBeanDefinition annotated
				&& annotated.getFactoryMethodMetadata() != null
				&& OURS.matcher(annotated.getFactoryMethodMetadata().getDeclaringClassName()).matches();
		return candidate && !ours;
	}

}
