package io.kinesisspring.boot.test.autoconfigure;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * Creates the contexts of {@link KinesisTest}.
 */
final class KinesisTestContextBootstrapper extends TestSliceTestContextBootstrapper<KinesisTest> {

	KinesisTestContextBootstrapper() {
	}

}
