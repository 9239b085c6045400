package io.kinesisspring.boot.autoconfigure.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;

/**
 * Creates one store for each application, which all its containers share. If the
 * application has a {@link LeaseStore} bean, that bean is used for all.
 */
public final class SharedLeaseStores implements LeaseStoreFactory {

	private final Map<String, LeaseStore> stores = new ConcurrentHashMap<>();

	private final @Nullable LeaseStore own;

	private final LeaseStoreFactory factory;

	/**
	 * Create a factory.
	 * @param own the application's own store, {@code null} if it has none
	 * @param factory creates the store of an application
	 */
	public SharedLeaseStores(@Nullable LeaseStore own, LeaseStoreFactory factory) {
		this.own = own;
		this.factory = factory;
	}

	@Override
	public LeaseStore create(String application) {
		return (this.own != null) ? this.own : this.stores.computeIfAbsent(application, this.factory::create);
	}

}
