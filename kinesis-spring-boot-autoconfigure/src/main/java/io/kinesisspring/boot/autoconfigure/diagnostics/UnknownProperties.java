package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;

/**
 * Warns about {@code kinesis.*} properties that are probably misspelt: unknown ones that
 * belong to a known group or resemble a known name. An application may have such
 * properties of its own, so the start does not fail. Environment variables are ignored:
 * container platforms set some, such as {@code KINESIS_SERVICE_HOST}.
 */
public final class UnknownProperties implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(UnknownProperties.class);

	private static final String PREFIX = "kinesis";

	private static final String LISTENERS = "kinesis.listeners.";

	private static final Pattern LISTENER = Pattern
		.compile(Pattern.quote(LISTENERS) + "(?<id>[^.\\[]+|\\[[^\\]]+])\\.(?<key>.+)");

	private static final ConfigurationPropertyName TABLE_NAMES = ConfigurationPropertyName
		.of("kinesis.lease.table-names");

	/** How many letters may differ from a known name. */
	private static final int TYPING_ERRORS = 2;

	private final List<String> known = new ArrayList<>();

	private final List<String> ofListeners = new ArrayList<>();

	private final Environment environment;

	/**
	 * Create a check of the properties.
	 * @param environment the environment with the properties
	 */
	public UnknownProperties(Environment environment) {
		this.environment = environment;
		collect(KinesisProperties.class, PREFIX + ".", this.known);
		this.known.add("kinesis.enabled");
		this.known.add("kinesis.consumer.enabled");
		collect(KinesisProperties.Listener.class, "", this.ofListeners);
	}

	private static void collect(Class<?> type, String prefix, List<String> names) {
		for (RecordComponent property : type.getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(property.getName());
			if (property.getType().isRecord()) {
				collect(property.getType(), name + ".", names);
			}
			else {
				names.add(name);
			}
		}
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		unknown().forEach((name, instead) -> logger.warn("The unknown property '" + name + "' has no effect"
				+ ((instead != null) ? ". Did you mean '" + instead + "'?" : "")));
	}

	/**
	 * The properties that are probably misspelt, each with the likely name.
	 */
	Map<String, @Nullable String> unknown() {
		Map<String, @Nullable String> unknown = new TreeMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource names && !isEnvironment(source)) {
				names.stream()
					.filter((name) -> !name.isEmpty()
							&& name.getElement(0, ConfigurationPropertyName.Form.UNIFORM).startsWith(PREFIX))
					.map(ConfigurationPropertyName::toString)
					.forEach((name) -> check(name, unknown));
			}
		}
		return unknown;
	}

	private static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> properties
				&& properties.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	private void check(String name, Map<String, @Nullable String> unknown) {
		Matcher listener = LISTENER.matcher(name);
		if (listener.matches()) {
			String key = listener.group("key");
			if (!isIn(this.ofListeners, key)) {
				String instead = nearest(this.ofListeners, key, key.length());
				unknown.put(name, (instead != null) ? LISTENERS + listener.group("id") + "." + instead : null);
			}
		}
		else if (name.startsWith(PREFIX + ".") && !isIn(this.known, name)) {
			int end = name.indexOf('.', PREFIX.length() + 1);
			boolean ours = end > 0
					&& this.known.stream().anyMatch((known) -> known.startsWith(name.substring(0, end + 1)));
			String instead = nearest(this.known, name, ours ? name.length() : TYPING_ERRORS);
			if (ours || instead != null) {
				unknown.put(name, instead);
			}
		}
	}

	private static boolean isIn(List<String> known, String name) {
		ConfigurationPropertyName candidate = ConfigurationPropertyName.adapt(name, '.');
		return known.stream()
			.map(ConfigurationPropertyName::of)
			.anyMatch((property) -> property.equals(candidate) || isElement(property, candidate));
	}

	/**
	 * Whether a property is an element of a list, a property of such an element, or an
	 * entry of a map.
	 */
	private static boolean isElement(ConfigurationPropertyName property, ConfigurationPropertyName candidate) {
		return property.isAncestorOf(candidate)
				&& (candidate.isNumericIndex(property.getNumberOfElements()) || property.equals(TABLE_NAMES));
	}

	private static @Nullable String nearest(List<String> known, String name, int furthest) {
		return known.stream()
			.filter((candidate) -> distance(candidate, name) <= Math.min(furthest, Math.max(2, name.length() / 3)))
			.min(Comparator.comparingInt((candidate) -> distance(candidate, name)))
			.orElse(null);
	}

	/**
	 * How many letters have to be changed, added or removed (Levenshtein distance).
	 */
	private static int distance(String one, String other) {
		int[] before = new int[other.length() + 1];
		Arrays.setAll(before, (i) -> i);
		for (int i = 1; i <= one.length(); i++) {
			int[] row = new int[other.length() + 1];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int replaced = before[j - 1] + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
				row[j] = Math.min(replaced, Math.min(before[j], row[j - 1]) + 1);
			}
			before = row;
		}
		return before[other.length()];
	}

}
