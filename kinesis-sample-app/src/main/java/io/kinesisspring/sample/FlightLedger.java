package io.kinesisspring.sample;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.SequenceNumber;

/**
 * Keeps the application's state in a table of its own: one row for each shard, and one
 * for the number of flights that have been sent.
 */
@Component
class FlightLedger {

	private static final TypeReference<TreeMap<String, Airport>> AIRPORTS = new TypeReference<>() {

	};

	private static final String REPLAY = "replay";

	private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

	private final DynamoDbAsyncClient client;

	private final JsonMapper mapper;

	private final String table;

	FlightLedger(@Qualifier("kinesisDynamoDbAsyncClient") DynamoDbAsyncClient client, JsonMapper mapper,
			@Value("${spring.application.name}-state") String table) {
		this.client = client;
		this.mapper = mapper;
		this.table = table;
		createTable();
	}

	private void createTable() {
		this.client
			.createTable((create) -> create.tableName(this.table)
				.overrideConfiguration(
						(call) -> call.apiCallTimeout(START_TIMEOUT).apiCallAttemptTimeout(START_TIMEOUT))
				.billingMode(BillingMode.PAY_PER_REQUEST)
				.keySchema(KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build())
				.attributeDefinitions(
						AttributeDefinition.builder().attributeName("id").attributeType(ScalarAttributeType.S).build()))
			.handle((created, ex) -> {
				if (ex != null && !(ex.getCause() instanceof ResourceInUseException)) {
					throw new IllegalStateException("Cannot create the table '" + this.table + "'", ex);
				}
				return created;
			})
			.join();
		this.client.waiter()
			.waitUntilTableExists((table) -> table.tableName(this.table)
				.overrideConfiguration(
						(call) -> call.apiCallTimeout(START_TIMEOUT).apiCallAttemptTimeout(START_TIMEOUT)))
			.join();
	}

	FlightSummary summary() {
		return FlightSummary.of(totals().values());
	}

	/**
	 * Return the totals of all shards.
	 */
	Map<String, ShardTotals> totals() {
		Map<String, ShardTotals> totals = new TreeMap<>();
		this.client.scan((scan) -> scan.tableName(this.table).consistentRead(true))
			.join()
			.items()
			.stream()
			.filter((item) -> item.containsKey("airports"))
			.forEach((item) -> totals.put(attribute(item, "id").s(), read(item)));
		return totals;
	}

	/**
	 * Load a shard's totals. What other shards have seen matters when an airport is new
	 * in this one.
	 */
	ShardTotals load(String shardId, Collection<String> origins) {
		Map<String, AttributeValue> item = get(shardId);
		ShardTotals totals = item.isEmpty() ? ShardTotals.empty() : read(item);
		if (!origins.stream().allMatch(totals::knows)) {
			Map<String, ShardTotals> others = totals();
			others.remove(shardId);
			totals.follow(others.values());
		}
		return totals;
	}

	/**
	 * Save a shard's totals, unless another instance has saved a later one.
	 */
	void save(String shardId, @Nullable SequenceNumber before, ShardTotals totals) {
		Map<String, AttributeValue> item = new HashMap<>();
		item.put("id", AttributeValue.fromS(shardId));
		item.put("airports", AttributeValue.fromS(this.mapper.writeValueAsString(totals.airports())));
		item.put("seen", AttributeValue.fromB(SdkBytes.fromByteArray(totals.seen().toByteArray())));
		item.put("last", AttributeValue.fromS(Objects.requireNonNull(totals.last()).toString()));
		item.put("seenTwice", AttributeValue.fromN(String.valueOf(totals.seenTwice())));
		item.put("outOfOrder", AttributeValue.fromN(String.valueOf(totals.outOfOrder())));
		this.client.putItem((put) -> {
			put.tableName(this.table).item(item);
			if (before != null) {
				put.conditionExpression("#last = :before")
					.expressionAttributeNames(Map.of("#last", "last"))
					.expressionAttributeValues(Map.of(":before", AttributeValue.fromS(before.toString())));
			}
			else {
				put.conditionExpression("attribute_not_exists(id)");
			}
		}).join();
	}

	private ShardTotals read(Map<String, AttributeValue> item) {
		return new ShardTotals(this.mapper.readValue(attribute(item, "airports").s(), AIRPORTS),
				BitSet.valueOf(attribute(item, "seen").b().asByteArray()),
				SequenceNumber.of(attribute(item, "last").s()), Integer.parseInt(attribute(item, "seenTwice").n()),
				Integer.parseInt(attribute(item, "outOfOrder").n()));
	}

	int sent() {
		Map<String, AttributeValue> item = get(REPLAY);
		return item.isEmpty() ? 0 : Integer.parseInt(attribute(item, "sent").n());
	}

	void saveSent(int count) {
		this.client
			.putItem((put) -> put.tableName(this.table)
				.item(Map.of("id", AttributeValue.fromS(REPLAY), "sent", AttributeValue.fromN(String.valueOf(count)))))
			.join();
	}

	private Map<String, AttributeValue> get(String id) {
		return this.client
			.getItem(
					(get) -> get.tableName(this.table).consistentRead(true).key(Map.of("id", AttributeValue.fromS(id))))
			.join()
			.item();
	}

	private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
		return Objects.requireNonNull(item.get(name), name);
	}

}
