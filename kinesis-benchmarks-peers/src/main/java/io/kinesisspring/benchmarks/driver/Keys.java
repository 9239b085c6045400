package io.kinesisspring.benchmarks.driver;

/**
 * The partition keys of a run, made beforehand.
 */
final class Keys {

	private final String[] keys;

	Keys(int count) {
		this.keys = new String[count];
		for (int i = 0; i < count; i++) {
			this.keys[i] = "customer-" + i;
		}
	}

	String of(long index) {
		return this.keys[(int) (index % this.keys.length)];
	}

}
