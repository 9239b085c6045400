package io.kinesisspring.boot.console;

import java.util.concurrent.atomic.DoubleAdder;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Counts the capacity units that DynamoDB says each request has consumed. Thread-safe.
 */
final class DynamoDbUnits implements ExecutionInterceptor {

	private final DoubleAdder read = new DoubleAdder();

	private final DoubleAdder written = new DoubleAdder();

	Units units() {
		return new Units(this.read.sum(), this.written.sum());
	}

	@Override
	public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
		SdkRequest request = context.request();
		ReturnConsumedCapacity total = ReturnConsumedCapacity.TOTAL;
		if (request instanceof UpdateItemRequest update) {
			return update.toBuilder().returnConsumedCapacity(total).build();
		}
		if (request instanceof ScanRequest scan) {
			return scan.toBuilder().returnConsumedCapacity(total).build();
		}
		if (request instanceof GetItemRequest get) {
			return get.toBuilder().returnConsumedCapacity(total).build();
		}
		if (request instanceof QueryRequest query) {
			return query.toBuilder().returnConsumedCapacity(total).build();
		}
		if (request instanceof PutItemRequest put) {
			return put.toBuilder().returnConsumedCapacity(total).build();
		}
		if (request instanceof DeleteItemRequest delete) {
			return delete.toBuilder().returnConsumedCapacity(total).build();
		}
		return request;
	}

	@Override
	public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
		SdkResponse response = context.response();
		if (response instanceof UpdateItemResponse update) {
			add(this.written, update.consumedCapacity());
		}
		else if (response instanceof ScanResponse scan) {
			add(this.read, scan.consumedCapacity());
		}
		else if (response instanceof GetItemResponse get) {
			add(this.read, get.consumedCapacity());
		}
		else if (response instanceof QueryResponse query) {
			add(this.read, query.consumedCapacity());
		}
		else if (response instanceof PutItemResponse put) {
			add(this.written, put.consumedCapacity());
		}
		else if (response instanceof DeleteItemResponse delete) {
			add(this.written, delete.consumedCapacity());
		}
	}

	/**
	 * A write whose condition does not hold consumes units, too: one for an item of up to
	 * 1 KB.
	 */
	@Override
	public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
		if (context.exception() instanceof ConditionalCheckFailedException) {
			this.written.add(1);
		}
	}

	private static void add(DoubleAdder units, @Nullable ConsumedCapacity consumed) {
		if (consumed != null && consumed.capacityUnits() != null) {
			units.add(consumed.capacityUnits());
		}
	}

	/**
	 * What has been consumed so far.
	 *
	 * @param read read units
	 * @param written write units
	 */
	record Units(double read, double written) {

	}

}
