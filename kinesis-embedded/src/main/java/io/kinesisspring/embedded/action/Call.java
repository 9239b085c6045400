package io.kinesisspring.embedded.action;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.store.Account;

/**
 * A request that was read but not run.
 *
 * @since 0.1.0
 */
public final class Call {

	/**
	 * Actions that change no state of a stream. Records are kept as they are put.
	 */
	private static final Pattern UNCHANGING = Pattern.compile("PutRecords?|SubscribeToShard|(Get|List|Describe).*");

	private final String name;

	private final Action action;

	private final Account account;

	private final Input input;

	Call(String name, Action action, Account account, Input input) {
		this.name = name;
		this.action = action;
		this.account = account;
		this.input = input;
	}

	/**
	 * Return the name of the action.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the name of the stream that this call uses.
	 * @return the name, or {@code null} if it uses none
	 */
	public @Nullable String stream() {
		return Arguments.streamNamed(this.input);
	}

	/**
	 * Return the id of the single shard that this call uses, given by its id or by a
	 * partition key.
	 * @return the id, or {@code null} if there is none
	 */
	public @Nullable String shard() {
		return this.name.equals("PutRecord") ? PutActions.shard(new Arguments(this.account, this.input, Injection.NONE))
				: Arguments.shardNamed(this.input);
	}

	/**
	 * Run the call. What it changes is kept before this returns.
	 * @param injection the faults to inject
	 * @return the response
	 */
	public ActionResponse run(Injection injection) {
		ActionResponse response = this.action.run(new Arguments(this.account, this.input, injection));
		if (this.account.isPersistent() && !UNCHANGING.matcher(this.name).matches()) {
			this.account.save();
		}
		return response;
	}

}
