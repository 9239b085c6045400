package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.LeaseProperties;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;

/**
 * The names of all {@code kinesis.*} properties. Immutable.
 */
final class KnownProperties {

	private static final String PREFIX = "kinesis";

	/** Groups of properties whose names contain the id of a listener or an index. */
	private static final Pattern LISTENER = Pattern
		.compile("(kinesis\\.listeners(?:\\.[^.\\[]+|\\[[^\\]]+])\\.)(?<key>.+)");

	private static final Pattern IMPORT = Pattern.compile("(kinesis\\.lease\\.imports\\[\\d+]\\.)(?<key>.+)");

	private static final Set<ConfigurationPropertyName> MAPS = Set.of(
			ConfigurationPropertyName.of("kinesis.lease.table-names"),
			ConfigurationPropertyName.of("kinesis.lease.table.tags"));

	/**
	 * Variables that Kubernetes and Docker set for each service, or that can have any
	 * part in their names.
	 */
	private static final Pattern OTHER_VARIABLES = Pattern
		.compile(".*_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
				+ "|KINESIS_LISTENERS_.*|KINESIS_LEASE_(IMPORTS|TABLENAMES|TABLE_NAMES|TABLE_TAGS)_.*|.*_\\d+");

	/** How many letters of a typing error may differ. */
	private static final int TYPING_ERRORS = 2;

	private final List<String> all = new ArrayList<>();

	private final List<String> ofListeners = new ArrayList<>();

	private final List<String> ofImports = new ArrayList<>();

	KnownProperties() {
		collect(KinesisProperties.class, PREFIX + ".", this.all);
		this.all.add("kinesis.enabled");
		this.all.add("kinesis.consumer.enabled");
		collect(ListenerProperties.class, "", this.ofListeners);
		collect(LeaseProperties.Import.class, "", this.ofImports);
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

	/**
	 * Compare the name of a property with all known ones.
	 */
	Match match(ConfigurationPropertyName property) {
		if (property.isEmpty() || !property.getElement(0, Form.UNIFORM).equals(PREFIX)) {
			return Match.KNOWN;
		}
		String name = property.toString();
		Matcher listener = LISTENER.matcher(name);
		if (listener.matches()) {
			return match(this.ofListeners, listener.group(1), listener.group("key"), listener.group("key").length());
		}
		Matcher imports = IMPORT.matcher(name);
		if (imports.matches()) {
			return match(this.ofImports, imports.group(1), imports.group("key"), imports.group("key").length());
		}
		int end = name.indexOf('.', PREFIX.length() + 1);
		boolean ours = end > 0 && this.all.stream().anyMatch((known) -> known.startsWith(name.substring(0, end + 1)));
		return match(this.all, "", name, ours ? name.length() - end : 0);
	}

	/**
	 * Compare a name.
	 * @param known the names to compare it with
	 * @param prefix what is in front of these names
	 * @param name the name behind the prefix
	 * @param letters how many letters it has behind the name of its group; 0 if the group
	 * is none of this library
	 */
	private static Match match(List<String> known, String prefix, String name, int letters) {
		boolean ours = letters > 0;
		ConfigurationPropertyName candidate = ConfigurationPropertyName.adapt(name, '.');
		if (known.stream()
			.map(ConfigurationPropertyName::of)
			.anyMatch((property) -> property.equals(candidate) || isElement(property, candidate))) {
			return Match.KNOWN;
		}
		String nearest = nearest(known, name);
		int distance = (nearest != null) ? distance(nearest, name) : Integer.MAX_VALUE;
		if (!ours && distance > TYPING_ERRORS) {
			return Match.KNOWN;
		}
		boolean similar = distance <= Math.max(TYPING_ERRORS, letters / 3);
		return new Match(false, similar ? prefix + nearest : null, ours && distance <= TYPING_ERRORS);
	}

	/**
	 * Whether a property is an element of a list, a property of such an element, or an
	 * entry of a map.
	 */
	private static boolean isElement(ConfigurationPropertyName property, ConfigurationPropertyName candidate) {
		return property.isAncestorOf(candidate)
				&& (candidate.isNumericIndex(property.getNumberOfElements()) || MAPS.contains(property));
	}

	/**
	 * The environment variable that was probably meant.
	 * @param variable the name of an environment variable
	 * @return the name of the variable of a property that it resembles, but is not;
	 * {@code null} if there is none
	 */
	@Nullable String resembling(String variable) {
		String name = variable.toUpperCase(Locale.ROOT);
		if (!name.startsWith("KINESIS_") || OTHER_VARIABLES.matcher(name).matches()) {
			return null;
		}
		String letters = name.replace("_", "").toLowerCase(Locale.ROOT);
		String nearest = nearest(this.all, letters);
		int distance = (nearest != null) ? distance(nearest, letters) : 0;
		return (nearest != null && distance >= 1 && distance <= TYPING_ERRORS)
				? nearest.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT) : null;
	}

	private static @Nullable String nearest(List<String> known, String name) {
		return known.stream().min(Comparator.comparingInt((candidate) -> distance(candidate, name))).orElse(null);
	}

	/**
	 * How many letters have to be changed, added, removed or exchanged with their
	 * neighbour. Dots and dashes do not count.
	 */
	private static int distance(String one, String other) {
		String a = one.replaceAll("[.-]", "");
		String b = other.replaceAll("[.-]", "");
		int[][] edits = new int[a.length() + 1][b.length() + 1];
		for (int i = 0; i <= a.length(); i++) {
			for (int j = 0; j <= b.length(); j++) {
				edits[i][j] = (Math.min(i, j) == 0) ? Math.max(i, j) : edits(edits, a, b, i, j);
			}
		}
		return edits[a.length()][b.length()];
	}

	private static int edits(int[][] edits, String a, String b, int i, int j) {
		int replaced = edits[i - 1][j - 1] + ((a.charAt(i - 1) != b.charAt(j - 1)) ? 1 : 0);
		int least = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
		boolean exchanged = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
		return exchanged ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
	}

	/**
	 * What a comparison found.
	 *
	 * @param isKnown whether there is such a property, or it is none of this library
	 * @param nearest the name that is most similar, if any is similar
	 * @param isTypingError whether the name differs by a typing error only
	 */
	record Match(boolean isKnown, @Nullable String nearest, boolean isTypingError) {

		private static final Match KNOWN = new Match(true, null, false);

	}

}
