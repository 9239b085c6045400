package io.kinesisspring.shard;

import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.KmsAccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.KmsDisabledException;
import software.amazon.awssdk.services.kinesis.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kinesis.model.KmsNotFoundException;
import software.amazon.awssdk.services.kinesis.model.KmsOptInRequiredException;
import software.amazon.awssdk.services.kinesis.model.KmsThrottlingException;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link KinesisFailures}.
 */
class KinesisFailuresTests {

	private static final StreamIdentifier ORDERS = StreamIdentifier.of("orders");

	private static final StreamIdentifier ARN = StreamIdentifier
		.of("arn:aws:kinesis:eu-west-1:123456789012:stream/orders");

	@Test
	void namesActionAndArnOfADenial() {
		AccessDeniedException ex = AccessDeniedException.builder().message("no").build();
		assertThat(KinesisFailures.isDenied(new CompletionException(ex))).isTrue();
		assertThat(KinesisFailures.explain(ex, "GetRecords", ARN)).isInstanceOf(KinesisConfigurationException.class)
			.hasMessageContaining("kinesis:GetRecords")
			.hasMessageContaining("Allow kinesis:GetRecords on " + ARN.value());
	}

	@ParameterizedTest
	@ValueSource(strings = { "AccessDenied", "AccessDeniedException" })
	void recognizesDenialsOutsideTheModel(String code) {
		assertThat(KinesisFailures.isDenied(failure(code, 400))).isTrue();
	}

	@Test
	void treatsAnUnusableKeyAsADenial() {
		for (AwsServiceException ex : new AwsServiceException[] { KmsAccessDeniedException.builder().build(),
				KmsDisabledException.builder().build(), KmsInvalidStateException.builder().build(),
				KmsNotFoundException.builder().build(), KmsOptInRequiredException.builder().build() }) {
			assertThat(KinesisFailures.isDenied(ex)).as(ex.getClass().getSimpleName()).isTrue();
			assertThat(KinesisFailures.isTransient(ex)).isFalse();
			assertThat(KinesisFailures.explain(ex, "GetRecords", ORDERS)).hasMessageContaining("kms:Decrypt");
		}
	}

	@Test
	void treatsAThrottledKeyAsThrottling() {
		KmsThrottlingException ex = KmsThrottlingException.builder().statusCode(400).build();
		assertThat(KinesisFailures.isThrottle(ex)).isTrue();
		assertThat(KinesisFailures.isTransient(ex)).isTrue();
		assertThat(KinesisFailures.isDenied(ex)).isFalse();
	}

	@Test
	void expectsExpiredCredentialsToBeRenewed() {
		AwsServiceException ex = failure("ExpiredTokenException", 400);
		assertThat(KinesisFailures.isDenied(ex)).isFalse();
		assertThat(KinesisFailures.explain(ex, "GetRecords", ORDERS)).hasMessageContaining("credentials have expired");
	}

	@Test
	void treatsTransientFailuresAsUnavailability() {
		assertThat(KinesisFailures.isTransient(failure("InternalFailure", 500))).isTrue();
		assertThat(KinesisFailures.isTransient(SdkClientException.create("broken"))).isTrue();
		assertThat(KinesisFailures.isTransient(failure("InvalidArgumentException", 400))).isFalse();
	}

	private static AwsServiceException failure(String code, int status) {
		return KinesisException.builder()
			.statusCode(status)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("failed").build())
			.build();
	}

}
