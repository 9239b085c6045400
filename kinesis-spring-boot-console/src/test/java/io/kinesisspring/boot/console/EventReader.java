package io.kinesisspring.boot.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads server-sent events, and keeps the state as a page does.
 */
final class EventReader implements AutoCloseable {

	private final HttpResponse<InputStream> response;

	private final BufferedReader lines;

	/** The shards of all listeners by stream and id, put together from events. */
	private final Map<String, JsonNode> shards = new TreeMap<>();

	EventReader(ConsoleTestApplication application, String... headers) throws Exception {
		HttpRequest request = application.request("/kinesis/api/state/stream", headers).build();
		this.response = application.client().send(request, HttpResponse.BodyHandlers.ofInputStream());
		this.lines = new BufferedReader(new InputStreamReader(this.response.body(), StandardCharsets.UTF_8));
	}

	int status() {
		return this.response.statusCode();
	}

	Map<String, JsonNode> shards() {
		return this.shards;
	}

	/**
	 * Wait for the next event of a name.
	 * @return its data; {@code null} at the end of the stream
	 */
	JsonNode next(String name) throws IOException {
		String event = "";
		for (String line = this.lines.readLine(); line != null; line = this.lines.readLine()) {
			if (line.startsWith("event: ")) {
				event = line.substring("event: ".length());
			}
			else if (line.startsWith("data: ") && event.equals("state")) {
				JsonNode state = JsonMapper.shared().readTree(line.substring("data: ".length()));
				merge(state);
				if (name.equals("state")) {
					return state;
				}
			}
			else if (line.startsWith("data: ") && event.equals(name)) {
				return JsonMapper.shared().readTree(line.substring("data: ".length()));
			}
		}
		return null;
	}

	private void merge(JsonNode state) {
		state.get("listeners").forEach((listener) -> {
			if (listener.has("shards")) {
				this.shards.clear();
				listener.get("shards").forEach((shard) -> this.shards.put(key(shard), shard));
				return;
			}
			listener.get("changedShards").forEach((shard) -> this.shards.put(key(shard), shard));
			listener.get("removedShards").forEach((shard) -> assertThat(this.shards.remove(key(shard))).isNotNull());
		});
	}

	static String key(JsonNode shard) {
		return shard.get("stream").asString() + "/" + shard.get("shard").asString();
	}

	@Override
	public void close() throws IOException {
		this.lines.close();
	}

}
