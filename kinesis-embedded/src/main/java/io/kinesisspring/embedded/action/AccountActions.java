package io.kinesisspring.embedded.action;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.BillingCommitment;

/**
 * Limits and settings of the account.
 */
final class AccountActions {

	private static final String COMMITMENT = "MinimumThroughputBillingCommitment";

	private static final String STATUS = "minimumThroughputBillingCommitment.status";

	private static final int ON_DEMAND_STREAMS = 50;

	private AccountActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("DescribeLimits", AccountActions::describeLimits);
		actions.put("DescribeAccountSettings", AccountActions::describeSettings);
		actions.put("UpdateAccountSettings", AccountActions::updateSettings);
	}

	private static ActionResponse describeLimits(Arguments arguments) {
		Account account = arguments.account();
		long onDemand = account.streams().stream().filter((stream) -> stream.settings().onDemand()).count();
		return new ActionResponse.Body((output) -> output.member("ShardLimit", account.quotas().shards())
			.member("OpenShardCount", account.openShards())
			.member("OnDemandStreamCount", onDemand)
			.member("OnDemandStreamCountLimit", ON_DEMAND_STREAMS));
	}

	private static ActionResponse describeSettings(Arguments arguments) {
		Account account = arguments.account();
		return settings(account.commitment(), account.now());
	}

	private static ActionResponse updateSettings(Arguments arguments) {
		Input commitment = arguments.required(COMMITMENT, arguments.input().structure(COMMITMENT));
		String status = commitment.string("Status");
		new Validation().required(STATUS, status).oneOf(STATUS, status, List.of("ENABLED", "DISABLED")).check();
		Account account = arguments.account();
		long now = account.now();
		boolean enabled = "ENABLED".equals(status);
		return settings(account.commitment((current) -> enabled ? current.enable(now) : current.disable(now)), now);
	}

	private static ActionResponse settings(BillingCommitment commitment, long now) {
		return new ActionResponse.Body((output) -> {
			output.startObject(COMMITMENT).member("Status", commitment.status(now));
			write(output, "StartedAt", commitment.startedAt());
			write(output, "EarliestAllowedEndAt", commitment.earliestAllowedEndAt());
			if (!commitment.isInForce(now)) {
				write(output, "EndedAt", commitment.endsAt());
			}
			output.endObject();
		});
	}

	private static void write(Output output, String name, @Nullable Long time) {
		if (time != null) {
			output.timestamp(name, time);
		}
	}

}
