package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.client.AwsClientFactory;
import io.kinesisspring.deadletter.S3DeadLetterRecoverer;
import io.kinesisspring.deadletter.SnsDeadLetterRecoverer;
import io.kinesisspring.deadletter.SqsDeadLetterRecoverer;
import io.kinesisspring.error.RecordRecoverer;

/**
 * The services beside Kinesis that take dead letters, as far as the AWS SDK's clients are
 * on the class path.
 *
 * @param services the services
 */
record DeadLetterServices(List<DeadLetterService<?>> services) {

	/**
	 * Create the recoverer of a target that is not a stream.
	 */
	RecordRecoverer recoverer(DeadLetterTarget target) {
		DeadLetterService<?> service = this.services.stream()
			.filter((candidate) -> candidate.kind() == target.kind())
			.findFirst()
			.orElseThrow(() -> new KinesisConfigurationException(
					target.property() + " is '" + target.value()
							+ "', and the AWS SDK's client for it is not on the class path",
					"Add the dependency software.amazon.awssdk:" + target.kind().artifact()));
		return service.recoverer(target.value());
	}

	/**
	 * Declares the services. They are beans of their own, so that their clients close
	 * with the context.
	 */
	@Configuration(proxyBeanMethods = false)
	static class DeadLetterServicesConfiguration {

		@Bean
		DeadLetterServices kinesisDeadLetterServices(ObjectProvider<DeadLetterService<?>> services) {
			return new DeadLetterServices(services.stream().<DeadLetterService<?>>map((service) -> service).toList());
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(SqsAsyncClient.class)
		static class SqsConfiguration {

			@Bean
			DeadLetterService<SqsAsyncClient> kinesisDeadLetterQueues(ObjectProvider<SqsAsyncClient> clients,
					AwsClientFactory factory) {
				return new DeadLetterService<>(DeadLetterTarget.Kind.QUEUE, clients,
						() -> factory.createForDeadLetters(SqsAsyncClient.builder()), SqsDeadLetterRecoverer::new);
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(SnsAsyncClient.class)
		static class SnsConfiguration {

			@Bean
			DeadLetterService<SnsAsyncClient> kinesisDeadLetterTopics(ObjectProvider<SnsAsyncClient> clients,
					AwsClientFactory factory) {
				return new DeadLetterService<>(DeadLetterTarget.Kind.TOPIC, clients,
						() -> factory.createForDeadLetters(SnsAsyncClient.builder()), SnsDeadLetterRecoverer::new);
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(S3AsyncClient.class)
		static class S3Configuration {

			@Bean
			DeadLetterService<S3AsyncClient> kinesisDeadLetterBuckets(ObjectProvider<S3AsyncClient> clients,
					AwsClientFactory factory) {
				return new DeadLetterService<>(DeadLetterTarget.Kind.BUCKET, clients,
						() -> factory.createForDeadLetters(S3AsyncClient.builder()), S3DeadLetterRecoverer::new);
			}

		}

	}

}
