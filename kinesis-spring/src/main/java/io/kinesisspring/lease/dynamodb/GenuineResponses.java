package io.kinesisspring.lease.dynamodb;

import java.util.Map;
import java.util.function.Predicate;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * What an answer must carry so that it is DynamoDB's. A proxy or a gateway may answer in
 * its place with an empty body, and the SDK takes that for a success: a write that was
 * never made, an item that is not there, a table without rows. What cannot prove itself
 * by a row is asked for the capacity that it has consumed.
 */
final class GenuineResponses {

	private GenuineResponses() {
	}

	/**
	 * An update that was asked for all attributes carries the key at least.
	 */
	static Predicate<UpdateItemResponse> updated(Map<String, AttributeValue> key) {
		return (response) -> isRow(response.attributes(), key);
	}

	/**
	 * A deletion whose condition needs the row, and that was asked for it, carries it.
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
		return response.hasItems() && response.count() != null && response.count() == response.items().size();
	}

	static boolean isDescription(DescribeTableResponse response) {
		TableDescription table = response.table();
		return table != null && table.tableStatus() != null && table.hasKeySchema() && !table.keySchema().isEmpty();
	}

	private static boolean isRow(Map<String, AttributeValue> row, Map<String, AttributeValue> key) {
		return row.entrySet().containsAll(key.entrySet());
	}

}
