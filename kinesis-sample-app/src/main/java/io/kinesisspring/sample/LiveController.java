package io.kinesisspring.sample;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Serves the page: its state, once or as events, and its buttons. A browser sends JSON to
 * another site's address only after asking it, so no other site can press a button.
 */
@RestController
@RequestMapping("/live")
class LiveController {

	private static final Log logger = LogFactory.getLog(LiveController.class);

	private final LiveBoard board;

	private final LiveStream stream;

	private final LiveExtras extras;

	private final LiveEvents events;

	LiveController(LiveBoard board, LiveStream stream, LiveExtras extras, LiveEvents events) {
		this.board = board;
		this.stream = stream;
		this.extras = extras;
		this.events = events;
	}

	@GetMapping("/state")
	LiveState state() {
		return this.board.state();
	}

	@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter stream() {
		return this.stream.open();
	}

	@GetMapping("/controls")
	Controls controls() {
		return new Controls(this.extras.console(),
				this.extras.controls()
					.stream()
					.map((control) -> new Control(control.name(), control.label(), control.description()))
					.toList());
	}

	@PostMapping(path = "/controls/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Outcome> apply(@PathVariable String name) {
		return this.extras.control(name)
			.map(this::apply)
			.orElseGet(() -> ResponseEntity.status(HttpStatus.NOT_FOUND)
				.body(new Outcome("There is no such control here.")));
	}

	private ResponseEntity<Outcome> apply(LiveControl control) {
		String obstacle = control.obstacle();
		if (obstacle != null) {
			return ResponseEntity.status(HttpStatus.CONFLICT).body(new Outcome(obstacle));
		}
		try {
			String done = control.apply();
			logger.info(done);
			this.events.add(control.name(), done);
			return ResponseEntity.ok(new Outcome(done));
		}
		catch (IllegalStateException ex) {
			return ResponseEntity.status(HttpStatus.CONFLICT).body(new Outcome(String.valueOf(ex.getMessage())));
		}
	}

	/**
	 * What the page offers.
	 *
	 * @param console the path of the console, {@code null} if there is none
	 * @param controls the buttons
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Controls(@Nullable String console, List<Control> controls) {

	}

	/**
	 * A button.
	 *
	 * @param name its name
	 * @param label its text
	 * @param description what it does
	 */
	record Control(String name, String label, String description) {

	}

	/**
	 * What a button has done, or why not.
	 *
	 * @param message a sentence
	 */
	record Outcome(String message) {

	}

}
