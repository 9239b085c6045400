package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Finds {@code kinesis.*} properties that do not exist. Typing errors in the groups of
 * this library fail the start. It warns about all others that resemble a known property
 * or are in such a group: the application may have properties of its own, and another
 * version of this library may have more. Environment variables never fail the start,
 * because container platforms set some, such as {@code KINESIS_SERVICE_HOST}.
 */
public final class UnknownProperties implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(UnknownProperties.class);

	private final KnownProperties known = new KnownProperties();

	private final Environment environment;

	/**
	 * Create a check of the properties.
	 * @param environment the environment with the properties
	 */
	public UnknownProperties(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Map<Boolean, List<Unknown>> byCertainty = unknown().values()
			.stream()
			.collect(Collectors.partitioningBy(Unknown::isMisspelt));
		byCertainty.getOrDefault(false, List.of()).forEach((unknown) -> logger.warn(unknown.warning()));
		List<Unknown> misspelt = byCertainty.getOrDefault(true, List.of());
		if (!misspelt.isEmpty()) {
			throw new KinesisConfigurationException(
					misspelt.stream().map(Unknown::description).collect(Collectors.joining(". ")),
					misspelt.stream().map(Unknown::question).collect(Collectors.joining(" "))
							+ " Correct the name, or remove the property");
		}
	}

	/**
	 * The properties that are probably misspelt, by their names.
	 */
	Map<String, Unknown> unknown() {
		Map<String, Unknown> unknown = new TreeMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			EnumerablePropertySource<?> variables = environmentVariables(source);
			if (variables != null) {
				for (String variable : variables.getPropertyNames()) {
					String instead = this.known.resembling(variable);
					if (instead != null) {
						unknown.put(variable, new Unknown(variable, null, instead, false));
					}
				}
			}
			else if (source instanceof IterableConfigurationPropertySource names) {
				names.forEach((name) -> check(name, source, unknown));
			}
		}
		return unknown;
	}

	private static @Nullable EnumerablePropertySource<?> environmentVariables(ConfigurationPropertySource source) {
		return (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> properties
				&& properties.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME))
						? properties : null;
	}

	private void check(ConfigurationPropertyName name, ConfigurationPropertySource source,
			Map<String, Unknown> unknown) {
		KnownProperties.Match match = this.known.match(name);
		if (!match.isKnown()) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			unknown.putIfAbsent(name.toString(), new Unknown(name.toString(),
					(property != null) ? property.getOrigin() : null, match.nearest(), match.isTypingError()));
		}
	}

	/**
	 * A property that does not exist.
	 *
	 * @param name its name, or that of the environment variable
	 * @param origin where it is set, if that is known
	 * @param instead the property that was probably meant, if any
	 * @param isMisspelt whether it is a typing error rather than a property of the
	 * application
	 */
	record Unknown(String name, @Nullable Origin origin, @Nullable String instead, boolean isMisspelt) {

		private String described() {
			return "'" + this.name + "'" + ((this.origin != null) ? " (" + this.origin + ")" : "");
		}

		String description() {
			return "There is no property " + described();
		}

		String question() {
			return (this.instead != null) ? "Did you mean '" + this.instead + "'?" : "";
		}

		String warning() {
			return ("The unknown property " + described() + " has no effect. " + question()).trim();
		}

	}

}
