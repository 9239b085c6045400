package io.kinesisspring.embedded.action;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Protocol;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.protocol.Validation;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.FanOutConsumer;

/**
 * Resource policies of streams and consumers, which are stored and returned but not
 * evaluated.
 */
final class PolicyActions {

	private static final int MAX_LENGTH = 20_480;

	private PolicyActions() {
	}

	static void addTo(Map<String, Action> actions) {
		actions.put("PutResourcePolicy", PolicyActions::put);
		actions.put("GetResourcePolicy", PolicyActions::get);
		actions.put("DeleteResourcePolicy", PolicyActions::delete);
	}

	private static ActionResponse put(Arguments arguments) {
		String arn = arguments.required("ResourceARN");
		String policy = arguments.required("Policy");
		new Validation().length("policy", policy, 1, MAX_LENGTH).check();
		requireJson(policy);
		set(arguments, arn, policy);
		return new ActionResponse.Empty();
	}

	private static ActionResponse get(Arguments arguments) {
		String arn = arguments.required("ResourceARN");
		FanOutConsumer consumer = arguments.consumerIn(arn);
		String policy = (consumer != null) ? consumer.resourcePolicy()
				: arguments.stream(arn).settings().resourcePolicy();
		if (policy == null) {
			throw Errors.notFound("No resource policy found for resource ARN " + arn + ".");
		}
		return new ActionResponse.Body((output) -> output.member("Policy", policy));
	}

	private static ActionResponse delete(Arguments arguments) {
		set(arguments, arguments.required("ResourceARN"), null);
		return new ActionResponse.Empty();
	}

	private static void set(Arguments arguments, String arn, @Nullable String policy) {
		FanOutConsumer consumer = arguments.consumerIn(arn);
		if (consumer != null) {
			consumer.resourcePolicy(policy);
			return;
		}
		DataStream stream = arguments.stream(arn);
		stream.settingsAtOnce((settings) -> settings.withResourcePolicy(policy));
	}

	private static void requireJson(String policy) {
		try {
			Input.read(Protocol.JSON, policy.getBytes(StandardCharsets.UTF_8), Map.of());
		}
		catch (ServiceException ex) {
			throw Errors.invalidArgument("The policy is not a JSON object.");
		}
	}

}
