package io.kinesisspring.lease;

/**
 * Tests for {@link InMemoryLeaseStore}.
 */
class InMemoryLeaseStoreTests extends AbstractLeaseStoreTests {

	@Override
	protected LeaseStore createStore() {
		return new InMemoryLeaseStore();
	}

}
