package io.kinesisspring.listener;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StartMessage}.
 */
class StartMessageTests {

	@Test
	void namesTheErrorHandlerByItsClass() {
		assertThat(message((failure) -> ErrorDecision.skip()))
			.isEqualTo("Listener 'orders' (a test) reads [orders] as application 'shop', new shards from trim-horizon, "
					+ "ack mode batch, concurrency 1, failures to a lambda of StartMessageTests");
		assertThat(message(new Lenient())).endsWith("failures to StartMessageTests.Lenient");
	}

	private static String message(ErrorHandler errorHandler) {
		return StartMessage.of(
				new KinesisListenerEndpoint("orders", List.of(StreamIdentifier.of("orders")),
						mock(RecordsListener.class), (options) -> options, "a test"),
				ContainerOptions.defaults().toBuilder().application("shop").errorHandler(errorHandler).build());
	}

	private static final class Lenient implements ErrorHandler {

		@Override
		public ErrorDecision handle(DeliveryFailure failure) {
			return ErrorDecision.skip();
		}

	}

}
