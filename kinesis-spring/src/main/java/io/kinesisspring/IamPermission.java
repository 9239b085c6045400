package io.kinesisspring;

import java.io.Serializable;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * An IAM action on a resource. Immutable.
 *
 * @param action the action, such as {@code kinesis:GetRecords}
 * @param resource the ARN of the resource; {@code *} in place of unknown parts
 * @since 0.1.0
 */
public record IamPermission(String action, String resource) implements Comparable<IamPermission>, Serializable {

	private static final Pattern RESOURCE = Pattern.compile("on resource: (arn:[^\\s\"',]+)");

	private static final Pattern CALLER = Pattern.compile("arn:(aws[a-z-]*):(?:iam|sts)::([0-9]{12}):");

	public IamPermission {
		Assert.hasText(action, "'action' must not be empty");
		Assert.hasText(resource, "'resource' must not be empty");
	}

	/**
	 * Create the missing permission of a denied call. The message of the service names
	 * the resource, or at least the caller's account.
	 * @param action the denied action, such as {@code kinesis:GetRecords}
	 * @param resource the ARN of the resource, or if it is unknown its last part, such as
	 * {@code stream/orders}
	 * @param message the message of the service
	 * @return the missing permission
	 */
	public static IamPermission missing(String action, String resource, @Nullable String message) {
		String text = String.valueOf(message);
		Matcher named = RESOURCE.matcher(text);
		if (resource.startsWith("arn:")) {
			return new IamPermission(action, resource);
		}
		if (named.find()) {
			return new IamPermission(action, named.group(1));
		}
		Matcher caller = CALLER.matcher(text);
		boolean known = caller.find();
		String service = action.substring(0, action.indexOf(':'));
		return new IamPermission(action, "arn:" + (known ? caller.group(1) : "aws") + ":" + service + ":*:"
				+ (known ? caller.group(2) : "*") + ":" + resource);
	}

	/**
	 * Create a policy that allows permissions.
	 * @param permissions the permissions
	 * @return an IAM policy in JSON, with one statement per resource
	 */
	public static String policy(Collection<IamPermission> permissions) {
		Map<String, SortedSet<String>> byResource = new TreeMap<>();
		permissions
			.forEach((permission) -> byResource.computeIfAbsent(permission.resource, (resource) -> new TreeSet<>())
				.add(permission.action));
		return byResource.entrySet()
			.stream()
			.map((entry) -> statement(entry.getValue(), entry.getKey()))
			.collect(Collectors.joining(",\n", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n", "\n  ]\n}"));
	}

	private static String statement(SortedSet<String> actions, String resource) {
		return "    {\n      \"Effect\": \"Allow\",\n      \"Action\": ["
				+ actions.stream().map((action) -> '"' + action + '"').collect(Collectors.joining(", "))
				+ "],\n      \"Resource\": \"" + resource + "\"\n    }";
	}

	@Override
	public int compareTo(IamPermission other) {
		int byResource = this.resource.compareTo(other.resource);
		return (byResource != 0) ? byResource : this.action.compareTo(other.action);
	}

	@Override
	public String toString() {
		return this.action + " on " + this.resource;
	}

}
