package io.kinesisspring.lease.dynamodb;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Decides whether DynamoDB has sent a response. A proxy or a gateway may respond in its
 * place with an empty body. The SDK takes that for a success: a write that was never
 * made, an item that does not exist, a table without rows. Where a response need not
 * contain a row, the consumed capacity is requested as proof.
 */
final class GenuineResponses {

	private GenuineResponses() {
	}

	/**
	 * An update that returns all attributes returns the key at least.
	 */
	static Predicate<UpdateItemResponse> updated(Map<String, AttributeValue> key) {
		return (response) -> isRow(response.attributes(), key);
	}

	/**
	 * A deletion that returns the old row returns the key at least.
	 */
	static Predicate<DeleteItemResponse> deleted(Map<String, AttributeValue> key) {
		return (response) -> isRow(response.attributes(), key);
	}

	static boolean isPutResponse(PutItemResponse response) {
		return response.consumedCapacity() != null;
	}

	static Predicate<GetItemResponse> got(Map<String, AttributeValue> key) {
		return (response) -> response.hasItem() ? isRow(response.item(), key) : response.consumedCapacity() != null;
	}

	static boolean isPage(ScanResponse response) {
		return response.hasItems() && hasCount(response.items(), response.count());
	}

	static boolean isPage(QueryResponse response) {
		return response.hasItems() && hasCount(response.items(), response.count());
	}

	private static boolean hasCount(List<?> items, @Nullable Integer count) {
		return count != null && count == items.size();
	}

	static boolean isDescription(DescribeTableResponse response) {
		TableDescription table = response.table();
		return table != null && table.tableStatus() != null && table.hasKeySchema() && !table.keySchema().isEmpty();
	}

	private static boolean isRow(Map<String, AttributeValue> row, Map<String, AttributeValue> key) {
		return row.entrySet().containsAll(key.entrySet());
	}

}
