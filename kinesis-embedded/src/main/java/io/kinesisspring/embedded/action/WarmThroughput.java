package io.kinesisspring.embedded.action;

import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.StreamSettings;

/**
 * The throughput that an on-demand stream is ready for. A stream has at least one open
 * shard for each MiB a second.
 */
final class WarmThroughput {

	private static final String MEMBER = "WarmThroughputMiBps";

	/** 10 GiB a second, the limit of the service. */
	private static final long MAX = 10_240;

	private WarmThroughput() {
	}

	/**
	 * Read the member of a request that creates or changes a stream.
	 * @param onDemand whether the stream is, or is about to be, in on-demand mode
	 * @return the throughput, or {@code null} if the request has none
	 */
	static @Nullable Integer read(Arguments arguments, boolean onDemand) {
		Long throughput = arguments.input().number(MEMBER);
		if (throughput == null) {
			return null;
		}
		new Validation().range("warmThroughputMiBps", throughput, 0, Integer.MAX_VALUE).check();
		if (!onDemand) {
			throw Errors.validation("WarmThroughputMiBps is only supported for streams in on-demand mode.");
		}
		if (!isAllowed(arguments.account())) {
			throw Errors.invalidArgument("WarmThroughputMiBps is only supported for accounts that have "
					+ "MinimumThroughputBillingCommitment enabled.");
		}
		if (throughput > MAX) {
			throw Errors.limitExceeded("WarmThroughputMiBps " + throughput + " exceeds the limit of " + MAX + ".");
		}
		return throughput.intValue();
	}

	private static boolean isAllowed(Account account) {
		return account.commitment().isInForce(account.now());
	}

	static ActionResponse update(Arguments arguments) {
		arguments.requiredNumber(MEMBER);
		DataStream stream = arguments.stream();
		Integer throughput = arguments.required(MEMBER, read(arguments, stream.settings().onDemand()));
		warm(stream, throughput, (settings) -> settings.withWarmThroughputMiBps(throughput));
		return new ActionResponse.Body((output) -> {
			output.member("StreamARN", stream.arn()).member("StreamName", stream.name());
			write(output, throughput);
		});
	}

	/**
	 * Change the settings, and split shards until there is one for each MiB a second.
	 */
	static void warm(DataStream stream, int throughput, UnaryOperator<StreamSettings> change) {
		if (throughput > stream.openShards().size()) {
			stream.reshard((resharding) -> resharding.scaleTo(throughput), change);
		}
		else {
			stream.settings(change);
		}
	}

	static void write(Output output, int throughput) {
		if (throughput > 0) {
			output.startObject("WarmThroughput")
				.member("TargetMiBps", throughput)
				.member("CurrentMiBps", throughput)
				.endObject();
		}
	}

}
