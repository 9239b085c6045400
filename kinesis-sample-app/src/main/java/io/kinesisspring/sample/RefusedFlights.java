package io.kinesisspring.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.deadletter.DeadLetter;

/**
 * Listens to the dead letters of the flights, to show them on the page.
 */
@Component
@ConditionalOnProperty("sample.controls")
class RefusedFlights {

	private static final String HANDLING = "kinesis.consumer.error.on-exhausted";

	private static final int MOST = 5;

	private final LiveEvents events;

	private final String handling;

	private final Set<String> known = new HashSet<>();

	private final Deque<LiveState.Letter> latest = new ArrayDeque<>();

	RefusedFlights(LiveEvents events, Environment environment) {
		this.events = events;
		this.handling = HANDLING + ": " + environment.getProperty(HANDLING, "not set");
	}

	@KinesisListener(id = "refused-flights", streams = "${sample.stream}-dlt", properties = "error.on-exhausted=skip")
	synchronized void onDeadLetter(DeadLetter letter) {
		if (!this.known.add(letter.shardId() + "/" + letter.sequenceNumber() + "/" + letter.subSequenceNumber())) {
			return;
		}
		String reason = ClassUtils.getShortName(letter.exception());
		this.latest.addFirst(new LiveState.Letter(System.currentTimeMillis(), letter.partitionKey(), letter.shardId(),
				letter.attempts(), reason));
		if (this.latest.size() > MOST) {
			this.latest.removeLast();
		}
		this.events.add("refused",
				"The poisoned record of %s in shard %s went to the dead-letter stream (%s). The flights after it go on."
					.formatted(letter.partitionKey(), LiveShards.number(letter.shardId()), reason));
	}

	synchronized LiveState.Refused describe() {
		return new LiveState.Refused(this.known.size(), this.handling, List.copyOf(this.latest));
	}

}
