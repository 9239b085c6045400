package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.List;

/**
 * The IAM actions that each feature needs, on its stream or on the lease table. The
 * policies in the documentation are tested against this.
 */
enum NeededActions {

	/** On each stream that is sent to. */
	PRODUCER("kinesis:PutRecords"),

	/** On each stream that is sent to, if records are aggregated by shard. */
	AGGREGATION("kinesis:ListShards"),

	/** On each stream that is listened to. */
	CONSUMER("kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"),

	/** On each stream, and its consumers, that is listened to by enhanced fan-out. */
	FAN_OUT("kinesis:ListShards", "kinesis:DescribeStreamSummary", "kinesis:DescribeStreamConsumer",
			"kinesis:RegisterStreamConsumer", "kinesis:SubscribeToShard"),

	/** On the fan-out consumers, if the application deregisters them. */
	FAN_OUT_DEREGISTRATION("kinesis:DeregisterStreamConsumer"),

	/** On each stream, if the application creates missing ones. */
	STREAM_CREATION("kinesis:CreateStream"),

	/** On each stream that the application declares. */
	STREAM_DECLARATION("kinesis:DescribeStreamSummary", "kinesis:CreateStream", "kinesis:AddTagsToStream",
			"kinesis:IncreaseStreamRetentionPeriod"),

	/** On each declared stream, if existing ones are modified. */
	STREAM_MODIFICATION("kinesis:UpdateStreamMode", "kinesis:UpdateShardCount", "kinesis:UpdateMaxRecordSize"),

	/** On the lease table. */
	TABLE("dynamodb:DescribeTable", "dynamodb:Scan", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
			"dynamodb:DeleteItem"),

	/** On the lease table, if several applications share it. */
	SHARED_TABLE("dynamodb:DescribeTable", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem",
			"dynamodb:UpdateItem", "dynamodb:DeleteItem"),

	/** On the lease table, if the application creates it. */
	TABLE_CREATION("dynamodb:CreateTable"),

	/** On the lease table, if the application creates it with tags. */
	TABLE_TAGS("dynamodb:TagResource"),

	/** On the lease table, if the application enables point-in-time recovery. */
	POINT_IN_TIME_RECOVERY("dynamodb:DescribeContinuousBackups", "dynamodb:UpdateContinuousBackups"),

	/** On each table of another library whose checkpoints are imported. */
	IMPORT("dynamodb:Scan"),

	/** On the queue for dead letters. The preflight does not check it. */
	DEAD_LETTER_QUEUE("sqs:GetQueueUrl", "sqs:SendMessage"),

	/** On the topic for dead letters. The preflight does not check it. */
	DEAD_LETTER_TOPIC("sns:Publish"),

	/** On the objects of the bucket for dead letters. The preflight does not check it. */
	DEAD_LETTER_BUCKET("s3:PutObject"),

	/** On all schemas, to receive payloads. The preflight does not check it. */
	SCHEMA_READING("glue:GetSchemaVersion"),

	/** On the registry and its schemas, to send. The preflight does not check it. */
	SCHEMA_WRITING("glue:GetSchemaByDefinition"),

	/** On them, if schemas are registered. The preflight does not check it. */
	SCHEMA_REGISTRATION("glue:RegisterSchemaVersion", "glue:CreateSchema");

	private final List<String> actions;

	NeededActions(String... actions) {
		this.actions = List.of(actions);
	}

	List<String> actions() {
		return this.actions;
	}

}
