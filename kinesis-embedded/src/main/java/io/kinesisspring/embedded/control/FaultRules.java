package io.kinesisspring.embedded.control;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.FaultKind;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;

/**
 * Rules as the control path takes them.
 */
final class FaultRules {

	private static final int BAD_REQUEST = 400;

	private FaultRules() {
	}

	static FaultRule read(Input body) {
		FaultRule rule = of(kind(body.string("kind")), body);
		String action = body.string("action");
		String stream = body.string("stream");
		String shard = body.string("shard");
		Long skip = body.number("skip");
		Long times = body.number("times");
		Double probability = body.decimal("probability");
		rule = (action != null) ? rule.action(action) : rule;
		rule = (stream != null) ? rule.stream(stream) : rule;
		rule = (shard != null) ? rule.shard(shard) : rule;
		rule = (skip != null) ? rule.skip(skip) : rule;
		rule = (times != null) ? rule.times(times) : rule;
		return (probability != null)
				? rule.probability(probability, Objects.requireNonNullElse(body.number("seed"), 0L)) : rule;
	}

	private static FaultRule of(FaultKind kind, Input body) {
		String type = Objects.requireNonNullElse(body.string("errorType"), "InternalFailure");
		String message = Objects.requireNonNullElse(body.string("errorMessage"), "Injected by a fault rule.");
		return switch (kind) {
			case THROTTLE -> FaultRule.throttle();
			case INTERNAL_FAILURE -> FaultRule.internalFailure();
			case ACCESS_DENIED -> FaultRule.accessDenied();
			case EXPIRED_ITERATOR -> FaultRule.expiredIterator();
			case ERROR -> FaultRule.error(type,
					Objects.requireNonNullElse(body.number("status"), (long) BAD_REQUEST).intValue(), message);
			case LATENCY ->
				FaultRule.latency(Duration.ofMillis(Objects.requireNonNullElse(body.number("delayMillis"), 0L)));
			case DROP_BEFORE -> FaultRule.dropBefore();
			case DROP_AFTER -> FaultRule.dropAfter();
			case EMPTY_ANSWER -> FaultRule.emptyAnswer();
			case EMPTY_STRUCTURE -> FaultRule.emptyStructure();
			case STALE_LISTING ->
				FaultRule.staleListing(Duration.ofMillis(Objects.requireNonNullElse(body.number("delayMillis"), 0L)));
			case SHORT_LISTING -> FaultRule.shortListing();
			case PARTIAL_FAILURE -> {
				FaultRule rule = FaultRule.partialFailure(Objects.requireNonNullElse(body.decimal("fraction"), 1.0));
				yield (body.string("errorType") != null) ? rule.errorCode(type, message) : rule;
			}
			case END_SUBSCRIPTION -> FaultRule.endSubscription();
			case SILENCE_SUBSCRIPTION -> FaultRule.silenceSubscription();
		};
	}

	private static FaultKind kind(@Nullable String name) {
		for (FaultKind kind : FaultKind.values()) {
			if (name != null && letters(name).equals(letters(kind.name()))) {
				return kind;
			}
		}
		throw Errors.validation("'kind' must be one of " + String.join(", ", names())
				+ ((name != null) ? " but is '" + name + "'" : " but is missing"));
	}

	/**
	 * So that {@code dropBefore}, {@code drop-before} and {@code DROP_BEFORE} are one
	 * kind.
	 */
	private static String letters(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the names of all kinds, as the methods of {@link FaultRule} are called.
	 */
	static List<String> names() {
		return Stream.of(FaultKind.values()).map(FaultRules::name).toList();
	}

	private static String name(FaultKind kind) {
		StringBuilder name = new StringBuilder();
		for (String word : kind.name().split("_")) {
			String lower = word.toLowerCase(Locale.ROOT);
			name.append(name.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
		}
		return name.toString();
	}

}
