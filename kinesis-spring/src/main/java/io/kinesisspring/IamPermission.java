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
 * @param resource the ARN of what it is for; {@code *} stands where a part is not known
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
	 * What a refusal was about: the service names the resource, or at least the caller's
	 * account.
	 * @param action the action that was refused, such as {@code kinesis:GetRecords}
	 * @param resource the ARN of the resource, or where that is not known its last part,
	 * such as {@code stream/orders}
	 * @param message what the service said
	 * @return the permission that is missing
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
	 * Write a policy that allows all of them.
	 * @param permissions the permissions
	 * @return an IAM policy in JSON, with a statement a resource
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
