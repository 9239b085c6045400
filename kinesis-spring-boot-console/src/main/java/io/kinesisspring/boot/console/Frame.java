package io.kinesisspring.boot.console;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state at a moment, as pages get it. All pages share the text. Immutable.
 */
final class Frame {

	private final long number;

	private final Map<String, Listener> listeners;

	private final String whole;

	private final @Nullable String changes;

	/**
	 * Create a frame.
	 * @param head what is not about listeners
	 * @param listeners the listeners by id, in their order
	 * @param before the frame before, {@code null} if there is none
	 */
	Frame(ObjectNode head, Map<String, Listener> listeners, @Nullable Frame before, JsonMapper mapper) {
		this.number = (before != null) ? before.number + 1 : 1;
		this.listeners = listeners;
		this.whole = write(head, null, mapper);
		this.changes = (before != null) ? write(head, before, mapper) : null;
	}

	private String write(ObjectNode head, @Nullable Frame before, JsonMapper mapper) {
		ObjectNode document = head.deepCopy();
		ArrayNode all = document.putArray("listeners");
		this.listeners.forEach((id, listener) -> {
			Listener known = (before != null) ? before.listeners.get(id) : null;
			ObjectNode target = listener.summary().deepCopy();
			all.add(target);
			if (known == null) {
				target.putArray("shards").addAll(listener.shards().values());
			}
			else {
				writeChanges(listener, known, target);
			}
		});
		return mapper.writeValueAsString(document);
	}

	private static void writeChanges(Listener listener, Listener known, ObjectNode target) {
		ArrayNode changed = target.putArray("changedShards");
		listener.shards().forEach((key, shard) -> {
			if (!shard.equals(known.shards().get(key))) {
				changed.add(shard);
			}
		});
		ArrayNode removed = target.putArray("removedShards");
		known.shards().forEach((key, shard) -> {
			if (!listener.shards().containsKey(key)) {
				removed.addObject()
					.put("stream", shard.path("stream").asString())
					.put("shard", shard.path("shard").asString());
			}
		});
	}

	long number() {
		return this.number;
	}

	/**
	 * The whole state.
	 * @param writable whether the reader may change something
	 */
	String whole(boolean writable) {
		return personal(this.whole, writable);
	}

	/**
	 * What has changed since the frame before, if there is one.
	 */
	@Nullable String changes(boolean writable) {
		return (this.changes != null) ? personal(this.changes, writable) : null;
	}

	private static String personal(String document, boolean writable) {
		return "{\"writable\":" + writable + "," + document.substring(1);
	}

	/**
	 * A listener.
	 *
	 * @param summary everything but its shards
	 * @param shards its shards by stream and id
	 */
	record Listener(ObjectNode summary, Map<String, ObjectNode> shards) {

	}

}
