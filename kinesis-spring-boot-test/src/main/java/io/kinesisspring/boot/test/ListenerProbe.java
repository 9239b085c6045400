package io.kinesisspring.boot.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.RecordInterceptor;

/**
 * Collects what one listener receives: each call with its records, and its failure if
 * there is one. It sees what the listener sees, behind filters and interceptors. It keeps
 * everything until {@link #clear()}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ListenerProbe {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final ReentrantLock lock = new ReentrantLock();

	private final List<Call> calls = new ArrayList<>();

	private final String listener;

	private final RecordConverter converter;

	ListenerProbe(String listener, RecordConverter converter) {
		this.listener = listener;
		this.converter = converter;
	}

	/**
	 * All calls that have ended, in the order in which they did: one for each attempt.
	 * @return the calls
	 */
	public List<Call> calls() {
		this.lock.lock();
		try {
			return List.copyOf(this.calls);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The records of the calls that succeeded.
	 * @return the records, in the order of the calls
	 */
	public List<KinesisRecord<byte[]>> records() {
		return calls().stream()
			.filter((call) -> call.failure() == null)
			.flatMap((call) -> call.records().stream())
			.toList();
	}

	/**
	 * The payloads of the calls that succeeded.
	 * @param <T> the type of the payload
	 * @param type the type of the payload
	 * @return the payloads, in the order of the calls
	 */
	public <T> List<T> payloads(Class<T> type) {
		return records().stream().map((record) -> type.cast(this.converter.fromBytes(record.payload(), type))).toList();
	}

	/**
	 * The failures of calls.
	 * @return the exceptions, in the order of the calls
	 */
	public List<Throwable> failures() {
		return calls().stream().map(Call::failure).filter(Objects::nonNull).map(Throwable.class::cast).toList();
	}

	/**
	 * Wait until the listener has processed a number of records in calls that succeeded.
	 * @param count the least number of records
	 * @return the records, as for {@link #records()}
	 * @throws AssertionError if they are fewer after 30 seconds
	 */
	public List<KinesisRecord<byte[]>> awaitRecords(int count) {
		return awaitRecords(count, TIMEOUT);
	}

	/**
	 * Wait for records, as for {@link #awaitRecords(int)}.
	 * @param count the least number of records
	 * @param timeout how long to wait
	 * @return the records, as for {@link #records()}
	 * @throws AssertionError if they are fewer after that time
	 */
	public List<KinesisRecord<byte[]>> awaitRecords(int count, Duration timeout) {
		return Waiting.forValue(timeout, () -> found("received", count, "records", records()));
	}

	/**
	 * Wait until a number of calls have failed.
	 * @param count the least number of failures
	 * @return the failures, as for {@link #failures()}
	 * @throws AssertionError if they are fewer after 30 seconds
	 */
	public List<Throwable> awaitFailures(int count) {
		return awaitFailures(count, TIMEOUT);
	}

	/**
	 * Wait for failures, as for {@link #awaitFailures(int)}.
	 * @param count the least number of failures
	 * @param timeout how long to wait
	 * @return the failures, as for {@link #failures()}
	 * @throws AssertionError if they are fewer after that time
	 */
	public List<Throwable> awaitFailures(int count, Duration timeout) {
		return Waiting.forValue(timeout, () -> found("thrown", count, "exceptions", failures()));
	}

	private <T> Waiting.Result<List<T>> found(String verb, int count, String what, List<T> found) {
		if (found.size() >= count) {
			return Waiting.Result.of(found);
		}
		List<Throwable> failures = failures();
		Throwable latest = failures.isEmpty() ? null : failures.get(failures.size() - 1);
		return Waiting.Result.missing(
				"The listener '" + this.listener + "' has " + verb + " " + found.size() + " of " + count + " " + what,
				latest);
	}

	/**
	 * Forget all calls, for example before each test of a shared context.
	 */
	public void clear() {
		this.lock.lock();
		try {
			this.calls.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void add(Call call) {
		this.lock.lock();
		try {
			this.calls.add(call);
		}
		finally {
			this.lock.unlock();
		}
	}

	RecordInterceptor interceptor() {
		return new RecordInterceptor() {

			@Override
			public void success(List<KinesisRecord<byte[]>> records) {
				add(new Call(records, null));
			}

			@Override
			public void failure(List<KinesisRecord<byte[]>> records, Throwable exception) {
				Throwable cause = exception.getCause();
				add(new Call(records, (exception instanceof CompletionException && cause != null) ? cause : exception));
			}

		};
	}

	/**
	 * A call of the listener.
	 *
	 * @param records its records: one for a record listener, a batch for a batch listener
	 * @param failure what it threw, or its future failed with; {@code null} if it
	 * succeeded
	 */
	public record Call(List<KinesisRecord<byte[]>> records, @Nullable Throwable failure) {

		public Call {
			records = List.copyOf(records);
		}

	}

}
