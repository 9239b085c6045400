package io.kinesisspring.embedded.test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.EmbeddedKinesisServer.Builder;

/**
 * What {@link EmbeddedKinesis} says, and how it becomes a server in a context.
 *
 * @param streams the streams to create
 * @param port the port to listen on
 * @param dynamoDb whether DynamoDB Local is wanted
 */
record EmbeddedKinesisSupport(List<String> streams, int port, boolean dynamoDb) {

	static final String BEAN_NAME = "embeddedKinesisServer";

	static EmbeddedKinesisSupport of(EmbeddedKinesis annotation) {
		return new EmbeddedKinesisSupport(Arrays.asList(annotation.streams()), annotation.port(),
				annotation.dynamoDb());
	}

	void start(ConfigurableEnvironment environment, DefaultListableBeanFactory beanFactory) {
		Builder builder = EmbeddedKinesisServer.builder().port(this.port);
		if (!this.dynamoDb) {
			builder.dynamoDb(false);
		}
		for (String stream : this.streams) {
			builder.stream(environment.resolveRequiredPlaceholders(stream));
		}
		EmbeddedKinesisServer server = builder.start();
		environment.getPropertySources().addFirst(new MapPropertySource(BEAN_NAME, Map.copyOf(server.properties())));
		beanFactory.registerSingleton(BEAN_NAME, server);
		beanFactory.registerDisposableBean(BEAN_NAME, server::close);
	}

}
