package io.kinesisspring.embedded.action;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.FanOutConsumer;
import io.kinesisspring.embedded.store.ShardIterator;
import io.kinesisspring.embedded.store.StreamStatus;

/**
 * The members of a request as an action needs them: the stream by name or ARN, and what
 * has to be there.
 */
final class Arguments {

	static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]+");

	static final int NAME_LENGTH = 128;

	private static final String CONSUMER = "/consumer/";

	private static final Pattern STREAM_ARN = Pattern
		.compile("arn:aws.*:kinesis:.*:\\d{12}:stream/([a-zA-Z0-9_.-]+)(/consumer/[a-zA-Z0-9_.-]+:[0-9]+)?");

	private final Account account;

	private final Input input;

	private final Injection injection;

	Arguments(Account account, Input input, Injection injection) {
		this.account = account;
		this.input = input;
		this.injection = injection;
	}

	Account account() {
		return this.account;
	}

	Input input() {
		return this.input;
	}

	Injection injection() {
		return this.injection;
	}

	DataStream stream() {
		String name = this.input.string("StreamName");
		String arn = this.input.string("StreamARN");
		new Validation().length("streamName", name, 1, NAME_LENGTH)
			.pattern("streamName", name, NAME)
			.pattern("streamARN", arn, STREAM_ARN)
			.check();
		if (arn == null) {
			return this.account.stream(required("StreamName", name));
		}
		if (name != null && !name.equals(nameIn(arn))) {
			throw Errors.invalidArgument("StreamName and StreamARN do not name the same stream.");
		}
		return stream(arn);
	}

	DataStream stream(String arn) {
		String name = nameIn(arn);
		if (name == null) {
			throw Errors.notFound("Stream " + arn + " not found.");
		}
		DataStream stream = this.account.stream(name);
		if (!arn.equals(stream.arn()) && !arn.startsWith(stream.arn() + "/")) {
			throw Errors.notFound("Stream " + arn + " not found.");
		}
		return stream;
	}

	/**
	 * Return the consumer that an ARN names.
	 * @return the consumer, or {@code null} if the ARN names a stream
	 */
	@Nullable FanOutConsumer consumerIn(String arn) {
		return arn.contains(CONSUMER) ? stream(arn).consumers().withArn(arn) : null;
	}

	DataStream readyStream() {
		return ready(stream());
	}

	DataStream ready(DataStream stream) {
		StreamStatus status = stream.status();
		if (status == StreamStatus.CREATING || status == StreamStatus.DELETING) {
			throw Errors.notFound("Stream " + stream.name() + " under account " + this.account.id() + " not found.");
		}
		return stream;
	}

	/**
	 * Count a dry run, if this call is one. Call this when the stream is known.
	 */
	void admitDryRun(DataStream stream) {
		if (isDryRun() && !stream.intake().dryRuns().admit(this.account.now())) {
			throw Errors.throttling("Rate exceeded for dry runs on stream " + stream.name() + " under account "
					+ this.account.id() + ".");
		}
	}

	/**
	 * End this call if it is a dry run. Call this when all is valid, before the call
	 * takes effect.
	 */
	void endDryRun() {
		if (isDryRun()) {
			throw Errors.dryRunSucceeded();
		}
	}

	private boolean isDryRun() {
		return Boolean.TRUE.equals(this.input.bool("DryRun"));
	}

	String required(String member) {
		return required(member, this.input.string(member));
	}

	long requiredNumber(String member) {
		return required(member, this.input.number(member));
	}

	<T> T required(String member, @Nullable T value) {
		if (value == null) {
			String camelCase = Character.toLowerCase(member.charAt(0)) + member.substring(1);
			new Validation().required(camelCase, null).check();
			throw new IllegalStateException(member);
		}
		return value;
	}

	long number(String member, long defaultValue) {
		Long value = this.input.number(member);
		return (value != null) ? value : defaultValue;
	}

	private static @Nullable String nameIn(String arn) {
		Matcher matcher = STREAM_ARN.matcher(arn);
		return matcher.matches() ? matcher.group(1) : null;
	}

	static @Nullable String streamNamed(Input input) {
		String name = input.string("StreamName");
		if (name != null) {
			return name;
		}
		for (String member : new String[] { "StreamARN", "ConsumerARN", "ResourceARN" }) {
			String arn = input.string(member);
			if (arn != null) {
				return nameIn(arn);
			}
		}
		ShardIterator iterator = iterator(input);
		return (iterator != null) ? iterator.stream() : null;
	}

	static @Nullable String shardNamed(Input input) {
		for (String member : new String[] { "ShardId", "ShardToSplit", "ShardToMerge" }) {
			String id = input.string(member);
			if (id != null) {
				return id;
			}
		}
		ShardIterator iterator = iterator(input);
		return (iterator != null) ? iterator.shard() : null;
	}

	private static @Nullable ShardIterator iterator(Input input) {
		String encoded = input.string("ShardIterator");
		try {
			return (encoded != null) ? ShardIterator.decode(encoded) : null;
		}
		catch (ServiceException ex) {
			return null;
		}
	}

}
