package io.kinesisspring.sample;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * What the page has only if the application offers it: controls, refused records, the
 * console.
 */
@Component
class LiveExtras {

	private final SampleProperties properties;

	private final ObjectProvider<LiveControl> controls;

	private final ObjectProvider<RefusedFlights> refusedFlights;

	private final Environment environment;

	LiveExtras(SampleProperties properties, ObjectProvider<LiveControl> controls,
			ObjectProvider<RefusedFlights> refusedFlights, Environment environment) {
		this.properties = properties;
		this.controls = controls;
		this.refusedFlights = refusedFlights;
		this.environment = environment;
	}

	String stream() {
		return this.properties.stream();
	}

	List<LiveControl> controls() {
		return this.controls.orderedStream().toList();
	}

	Optional<LiveControl> control(String name) {
		return this.controls.stream().filter((control) -> control.name().equals(name)).findFirst();
	}

	Map<String, String> obstacles() {
		Map<String, String> obstacles = new TreeMap<>();
		this.controls.forEach((control) -> {
			String obstacle = control.obstacle();
			if (obstacle != null) {
				obstacles.put(control.name(), obstacle);
			}
		});
		return obstacles;
	}

	LiveState.@Nullable Refused refused() {
		RefusedFlights refused = this.refusedFlights.getIfAvailable();
		return (refused != null) ? refused.describe() : null;
	}

	/**
	 * The path of the console, {@code null} if there is none.
	 */
	@Nullable String console() {
		boolean enabled = this.environment.getProperty("kinesis.console.enabled", Boolean.class, false);
		return enabled ? this.environment.getProperty("kinesis.console.path", "/kinesis") : null;
	}

}
