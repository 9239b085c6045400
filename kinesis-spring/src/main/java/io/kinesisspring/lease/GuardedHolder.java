package io.kinesisspring.lease;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Keeps from the coordination what a holder throws. Who holds leases must heartbeat, look
 * and give back, whatever becomes of the work. Confined to the coordinator's loop.
 */
final class GuardedHolder implements LeaseHolder {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private final LeaseHolder delegate;

	private final Set<String> failing = new HashSet<>();

	GuardedHolder(LeaseHolder delegate) {
		this.delegate = delegate;
	}

	/**
	 * A lease whose holder has not begun is not held: that is for the caller.
	 */
	@Override
	public void acquired(HeldLease lease) {
		this.delegate.acquired(lease);
	}

	@Override
	public CompletableFuture<Void> release(HeldLease lease) {
		return GuardedCalls.safely(() -> this.delegate.release(lease));
	}

	@Override
	public void lost(HeldLease lease) {
		guard("leases that are lost", () -> this.delegate.lost(lease));
	}

	@Override
	public void planned(String stream, int wanted, int free) {
		guard("the plan for stream '" + stream + "'", () -> this.delegate.planned(stream, wanted, free));
	}

	@Override
	public void refused(KinesisConfigurationException ex) {
		guard("a refusal", () -> this.delegate.refused(ex));
	}

	@Override
	public void accepted() {
		guard("the end of a refusal", this.delegate::accepted);
	}

	private void guard(String what, Runnable call) {
		try {
			call.run();
			this.failing.remove(what);
		}
		catch (Throwable ex) {
			if (this.failing.add(what)) {
				logger.error("What is to be done about " + what + " failed; the coordination goes on", ex);
			}
		}
	}

}
