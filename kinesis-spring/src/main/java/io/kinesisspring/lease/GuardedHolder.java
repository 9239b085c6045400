package io.kinesisspring.lease;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Protects the coordination from the exceptions of a holder: heartbeats, reconciliation
 * and releases continue. Confined to the coordinator's loop.
 */
final class GuardedHolder implements LeaseHolder {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private final LeaseHolder delegate;

	private final EventLoop loop;

	private final Set<String> failing = new HashSet<>();

	GuardedHolder(LeaseHolder delegate, EventLoop loop) {
		this.delegate = delegate;
		this.loop = loop;
	}

	/**
	 * The caller releases a lease whose shard could not be opened.
	 */
	@Override
	public void acquired(HeldLease lease) {
		this.delegate.acquired(lease);
	}

	@Override
	public CompletableFuture<Void> release(HeldLease lease) {
		return Futures.call(this.loop, () -> this.delegate.release(lease));
	}

	@Override
	public void lost(HeldLease lease) {
		guard("a lost lease", () -> this.delegate.lost(lease));
	}

	@Override
	public void planned(String stream, int wanted, int free) {
		guard("the plan for stream '" + stream + "'", () -> this.delegate.planned(stream, wanted, free));
	}

	@Override
	public void rejected(KinesisConfigurationException ex) {
		guard("a denied call", () -> this.delegate.rejected(ex));
	}

	@Override
	public void accepted() {
		guard("the end of a denial", this.delegate::accepted);
	}

	private void guard(String callback, Runnable call) {
		try {
			call.run();
			this.failing.remove(callback);
		}
		catch (Throwable ex) {
			if (this.failing.add(callback)) {
				logger.error("The holder of the leases failed to handle " + callback + "; the coordination continues",
						ex);
			}
		}
	}

}
