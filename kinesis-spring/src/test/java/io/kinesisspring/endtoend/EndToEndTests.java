package io.kinesisspring.endtoend;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;

/**
 * What the end-to-end tests share: one server for a class, and a stream of four shards
 * for each test, below the 5,000 records that every server bears.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndToEndTests {

	static final int SHARDS = 4;

	@RegisterExtension
	final BackEnds backEnds;

	@RegisterExtension
	final Containers containers;

	private String stream;

	EndToEndTests(Supplier<KinesisServer> server) {
		this(server, (options) -> options);
	}

	EndToEndTests(Supplier<KinesisServer> server, UnaryOperator<ContainerOptions.Builder> options) {
		this.backEnds = new BackEnds(server);
		this.containers = new Containers(this.backEnds, options);
	}

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		this.backEnds.createStream(this.stream, SHARDS);
	}

	String stream() {
		return this.stream;
	}

	static ConditionFactory await() {
		return Awaitility.await();
	}

}
