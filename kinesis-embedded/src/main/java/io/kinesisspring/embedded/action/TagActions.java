package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.FanOutConsumer;

/**
 * Tags of streams and of consumers.
 */
final class TagActions {

	private static final int MAX_TAGS = 50;

	private static final int MAX_KEY = 128;

	private static final int MAX_VALUE = 256;

	private TagActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("AddTagsToStream", TagActions::addToStream);
		actions.put("RemoveTagsFromStream", TagActions::removeFromStream);
		actions.put("ListTagsForStream", TagActions::listForStream);
		actions.put("TagResource", TagActions::tagResource);
		actions.put("UntagResource", TagActions::untagResource);
		actions.put("ListTagsForResource", TagActions::listForResource);
	}

	private static ActionResponse addToStream(Arguments arguments) {
		return add(arguments.stream().tags(), newTags(arguments));
	}

	private static ActionResponse removeFromStream(Arguments arguments) {
		return remove(arguments.stream().tags(), keys(arguments));
	}

	private static ActionResponse listForStream(Arguments arguments) {
		long limit = arguments.number("Limit", MAX_TAGS);
		new Validation().range("limit", limit, 1, MAX_TAGS).check();
		String start = Objects.requireNonNullElse(arguments.input().string("ExclusiveStartTagKey"), "");
		Map<String, String> tags = new TreeMap<>(arguments.stream().tags());
		tags.keySet().removeIf((key) -> key.compareTo(start) <= 0);
		List<Map.Entry<String, String>> page = tags.entrySet().stream().limit(limit).toList();
		return new ActionResponse.Body((output) -> {
			writeTags(output, page);
			output.member("HasMoreTags", page.size() < tags.size());
		});
	}

	private static ActionResponse tagResource(Arguments arguments) {
		return add(resourceTags(arguments), newTags(arguments));
	}

	private static ActionResponse untagResource(Arguments arguments) {
		return remove(resourceTags(arguments), keys(arguments));
	}

	private static ActionResponse listForResource(Arguments arguments) {
		List<Map.Entry<String, String>> tags = List.copyOf(resourceTags(arguments).entrySet());
		return new ActionResponse.Body((output) -> writeTags(output, tags));
	}

	private static Map<String, String> resourceTags(Arguments arguments) {
		String arn = arguments.required("ResourceARN");
		FanOutConsumer consumer = arguments.consumerIn(arn);
		return (consumer != null) ? consumer.tags() : arguments.stream(arn).tags();
	}

	private static ActionResponse add(Map<String, String> tags, Map<String, String> added) {
		Map<String, String> result = new TreeMap<>(tags);
		result.putAll(added);
		if (result.size() > MAX_TAGS) {
			throw Errors.invalidArgument("Failed to add tags. A resource can have at most " + MAX_TAGS + " tags.");
		}
		tags.putAll(added);
		return new ActionResponse.Empty();
	}

	private static ActionResponse remove(Map<String, String> tags, List<String> keys) {
		keys.forEach(tags::remove);
		return new ActionResponse.Empty();
	}

	private static Map<String, String> newTags(Arguments arguments) {
		Map<String, String> tags = arguments.required("Tags", arguments.input().strings("Tags"));
		Validation validation = new Validation();
		tags.forEach((key, value) -> validation.length("tags", key, 1, MAX_KEY).length("tags", value, 0, MAX_VALUE));
		validation.check();
		return tags;
	}

	private static List<String> keys(Arguments arguments) {
		List<String> keys = arguments.required("TagKeys", strings(arguments));
		new Validation().size("tagKeys", keys, 1, MAX_TAGS).check();
		return keys;
	}

	private static @Nullable List<String> strings(Arguments arguments) {
		return arguments.input().list("TagKeys", String.class);
	}

	private static void writeTags(Output output, List<Map.Entry<String, String>> tags) {
		output.startList("Tags");
		tags.forEach(
				(tag) -> output.startObject().member("Key", tag.getKey()).member("Value", tag.getValue()).endObject());
		output.endList();
	}

}
