package io.kinesisspring.lease.dynamodb;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;
import software.amazon.dynamodb.services.local.shared.access.AmazonDynamoDBLocal;

/**
 * DynamoDB Local in this JVM, for the tests of a class.
 */
public final class LocalDynamoDb implements BeforeAllCallback, AfterAllCallback {

	private AmazonDynamoDBLocal server;

	@Override
	public void beforeAll(ExtensionContext context) {
		this.server = DynamoDBEmbedded.create(true);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.server.shutdown();
	}

	/**
	 * A client of the server.
	 * @return a client; goes with the server
	 */
	public DynamoDbAsyncClient client() {
		return this.server.dynamoDbAsyncClient();
	}

}
