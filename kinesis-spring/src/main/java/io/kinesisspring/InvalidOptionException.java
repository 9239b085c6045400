package io.kinesisspring;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if an option is out of its range, or does not fit another one or what is found
 * at start, such as a table. The message has the option names of the builders. Code that
 * sets options under other names, such as properties, translates them.
 *
 * @since 0.1.0
 */
public class InvalidOptionException extends KinesisConfigurationException {

	private static final long serialVersionUID = 1L;

	private static final Pattern OPTION = Pattern.compile("\\{(\\w+)}");

	private final Group group;

	private final String descriptionTemplate;

	private final String actionTemplate;

	/**
	 * Create an exception.
	 * @param group what the options belong to
	 * @param description the problem, with the names of options in braces
	 * @param action the remedy, with the names of options in braces
	 */
	public InvalidOptionException(Group group, String description, String action) {
		this(group, description, action, null);
	}

	/**
	 * Create an exception with a cause.
	 * @param group what the options belong to
	 * @param description the problem, with the names of options in braces
	 * @param action the remedy, with the names of options in braces
	 * @param cause what brought it to light, if anything
	 */
	public InvalidOptionException(Group group, String description, String action, @Nullable Throwable cause) {
		super(replace(description, (option) -> "'" + option + "'"), replace(action, (option) -> "'" + option + "'"),
				cause);
		this.group = group;
		this.descriptionTemplate = description;
		this.actionTemplate = action;
	}

	private static String replace(String template, UnaryOperator<String> names) {
		return OPTION.matcher(template).replaceAll((option) -> Matcher.quoteReplacement(names.apply(option.group(1))));
	}

	/**
	 * What the options belong to.
	 * @return the group of options
	 */
	public Group getGroup() {
		return this.group;
	}

	/**
	 * Copy the exception with other names of the options.
	 * @param names the other name of each option
	 * @return an exception with this one as its cause
	 */
	public KinesisConfigurationException translate(UnaryOperator<String> names) {
		return new KinesisConfigurationException(replace(this.descriptionTemplate, names),
				replace(this.actionTemplate, names), this);
	}

	/**
	 * What options belong to.
	 */
	public enum Group {

		/** A listener container. */
		CONSUMER,

		/** What happens to records that could not be delivered. */
		ERROR,

		/** Reading by enhanced fan-out. */
		FAN_OUT,

		/** Leases. */
		LEASE,

		/** What the lease table gets when it is created. */
		LEASE_TABLE,

		/** A template. */
		PRODUCER,

		/** The retries of failed deliveries. */
		RETRY

	}

}
