package io.kinesisspring.embedded.testing.browser;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.openqa.selenium.json.Json;

/**
 * The requests that the browser has made, read from its own record of the network.
 */
class Requests {

	private static final Json JSON = new Json();

	private final List<URI> addresses = new ArrayList<>();

	void add(String entry) {
		if (!entry.contains("\"Network.requestWillBeSent\"") && !entry.contains("\"Network.webSocketCreated\"")) {
			return;
		}
		Map<String, Object> event = JSON.toType(entry, Json.MAP_TYPE);
		Map<?, ?> message = (Map<?, ?>) event.get("message");
		Map<?, ?> parameters = (Map<?, ?>) message.get("params");
		Object request = parameters.get("request");
		Object url = (request instanceof Map<?, ?> fields) ? fields.get("url") : parameters.get("url");
		URI address = URI.create(String.valueOf(url).replace('|', '-'));
		if (!"data".equals(address.getScheme()) && !"about".equals(address.getScheme())) {
			this.addresses.add(address);
		}
	}

	List<URI> addresses() {
		return List.copyOf(this.addresses);
	}

	void clear() {
		this.addresses.clear();
	}

}
