package io.kinesisspring.boot.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.StringUtils;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.redrive.ConcurrentRedriveException;
import io.kinesisspring.redrive.DeadLetterRedriver;
import io.kinesisspring.redrive.Redrive;
import io.kinesisspring.redrive.RedriveProgress;
import io.kinesisspring.redrive.RedriveRequest;

/**
 * The part of the endpoint that redrives the dead letters of a listener.
 */
final class Redrives {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final @Nullable DeadLetterRedriver redriver;

	Redrives(@Nullable DeadLetterRedriver redriver) {
		this.redriver = redriver;
	}

	/**
	 * The redrives of a listener's application.
	 * @return the redrives; {@code null} if there are none
	 */
	@Nullable List<KinesisDescriptor.Redrive> of(KinesisListenerContainer container) {
		if (this.redriver == null) {
			return null;
		}
		List<KinesisDescriptor.Redrive> found = this.redriver.redrives(application(container))
			.stream()
			.map(Redrives::describe)
			.toList();
		return found.isEmpty() ? null : found;
	}

	/**
	 * Start or stop a redrive, and wait for its end for a moment.
	 */
	WebEndpointResponse<?> change(KinesisListenerContainer container, String action, @Nullable String stream,
			@Nullable String shard, @Nullable String position) throws Exception {
		if (this.redriver == null) {
			throw new IllegalArgumentException("There is no DeadLetterRedriver bean, or there are several");
		}
		if (shard != null) {
			throw new IllegalArgumentException("A redrive has no 'shard'");
		}
		String wanted = (stream != null && StringUtils.hasText(stream)) ? stream : deadLetterStream(container);
		String application = application(container);
		CompletableFuture<RedriveProgress> end;
		if (action.equals("redrive")) {
			RedriveRequest request = RedriveRequest.of(wanted).application(application);
			Redrive redrive = this.redriver
				.redrive((position != null) ? request.from(Position.initial(position)) : request);
			end = redrive.result();
		}
		else {
			end = this.redriver.stop(application, StreamIdentifier.of(wanted).name());
			if (end == null) {
				throw new IllegalArgumentException("This instance has not redriven the stream '" + wanted + "'");
			}
		}
		return respond(container, action, StreamIdentifier.of(wanted).name(), end);
	}

	private WebEndpointResponse<?> respond(KinesisListenerContainer container, String action, String stream,
			CompletableFuture<RedriveProgress> end) throws Exception {
		RedriveProgress progress;
		try {
			progress = KinesisEndpoint.await(end, TIMEOUT);
		}
		catch (TimeoutException ex) {
			progress = Objects.requireNonNull(this.redriver)
				.redrives(application(container))
				.stream()
				.filter((redrive) -> redrive.stream().equals(stream))
				.findFirst()
				.orElseThrow();
		}
		if (progress.failure() instanceof ConcurrentRedriveException concurrent) {
			throw concurrent;
		}
		KinesisDescriptor.RedriveChange change = new KinesisDescriptor.RedriveChange(container.getId(), action,
				describe(progress), progress.state() != RedriveProgress.State.RUNNING);
		return new WebEndpointResponse<>(change, (progress.state() == RedriveProgress.State.FAILED)
				? WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR : WebEndpointResponse.STATUS_OK);
	}

	private static KinesisDescriptor.Redrive describe(RedriveProgress progress) {
		return new KinesisDescriptor.Redrive(progress.stream(), Descriptions.word(progress.state()),
				progress.fraction(), progress.redriven(), progress.left(),
				progress.leftRecords()
					.stream()
					.map((left) -> new KinesisDescriptor.LeftRecord(left.shardId(), left.sequenceNumber(),
							left.reason()))
					.toList(),
				Descriptions.text(progress.failure()));
	}

	private static String application(KinesisListenerContainer container) {
		return String.valueOf(container.getOptions().application());
	}

	private static String deadLetterStream(KinesisListenerContainer container) {
		if (!(container.getOptions()
			.delivery()
			.exhaustedRecoverer() instanceof DeadLetterPublishingRecoverer recoverer)) {
			throw new IllegalArgumentException(
					"'stream' is missing: the listener sends no dead letters to a stream, so name the dead-letter stream");
		}
		List<String> streams = container.getStreams()
			.stream()
			.map((stream) -> recoverer.destination(stream).value())
			.distinct()
			.toList();
		if (streams.size() != 1) {
			throw new IllegalArgumentException("'stream' is missing: name one of the dead-letter streams " + streams);
		}
		return streams.get(0);
	}

}
