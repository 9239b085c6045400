package io.kinesisspring.embedded.action;

import java.util.Map;
import java.util.TreeMap;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.Input;
import io.kinesisspring.embedded.protocol.Input.MemberReader;
import io.kinesisspring.embedded.protocol.Protocol;
import io.kinesisspring.embedded.store.Account;

/**
 * The actions of this server, by name. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Actions {

	private static final Map<String, MemberReader> ENTRIES = Map.of("Records", PutEntry::readAll);

	private final Map<String, Action> byName;

	private final Account account;

	/**
	 * Create the actions.
	 * @param account the account that they use
	 */
	public Actions(Account account) {
		this.account = account;
		Map<String, Action> actions = new TreeMap<>();
		StreamActions.addTo(actions);
		ShardActions.addTo(actions);
		PutActions.addTo(actions);
		GetActions.addTo(actions);
		ConsumerActions.addTo(actions);
		SettingActions.addTo(actions);
		MonitoringActions.addTo(actions);
		PolicyActions.addTo(actions);
		AccountActions.addTo(actions);
		TagActions.addTo(actions);
		this.byName = Map.copyOf(actions);
	}

	/**
	 * Read a request.
	 * @param name the name of the action
	 * @param protocol the protocol of the request
	 * @param body the body of the request
	 * @return the call to run
	 */
	public Call read(String name, Protocol protocol, byte[] body) {
		Action action = this.byName.get(name);
		if (action == null) {
			throw Errors.unknownOperation();
		}
		Input input = Input.read(protocol, body, name.equals("PutRecords") ? ENTRIES : Map.of());
		return new Call(name, action, this.account, input);
	}

}
