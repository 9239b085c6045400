"""boto3 against the server at KINESIS_ENDPOINT. Prints what it sees, one fact a line."""

import datetime
import os

import boto3

client = boto3.client("kinesis", endpoint_url=os.environ["KINESIS_ENDPOINT"], region_name="us-east-1",
                      aws_access_key_id="local", aws_secret_access_key="local")
place = {"ShardId": "shardId-000000000000"}

client.create_stream(StreamName="from-python", ShardCount=1)
client.get_waiter("stream_exists").wait(StreamName="from-python")
stream = client.describe_stream_summary(StreamName="from-python")["StreamDescriptionSummary"]
print("stream", stream["StreamStatus"], stream["OpenShardCount"],
      isinstance(stream["StreamCreationTimestamp"], datetime.datetime))

put = client.put_records(StreamName="from-python", Records=[
    {"PartitionKey": "key", "Data": payload.encode()} for payload in ("first", "zweitér")])
print("put", len(put["Records"]), put["FailedRecordCount"])

iterator = client.get_shard_iterator(StreamName="from-python", ShardIteratorType="TRIM_HORIZON", **place)
got = client.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
print("got", ",".join(record["Data"].decode() for record in got),
      got[0]["SequenceNumber"] == put["Records"][0]["SequenceNumber"])

consumer = client.register_stream_consumer(StreamARN=stream["StreamARN"], ConsumerName="reports")["Consumer"]
subscription = client.subscribe_to_shard(ConsumerARN=consumer["ConsumerARN"],
                                         StartingPosition={"Type": "TRIM_HORIZON"}, **place)
for event in subscription["EventStream"]:
    event = event["SubscribeToShardEvent"]
    if event["Records"]:
        print("pushed", ",".join(record["Data"].decode() for record in event["Records"]), event["MillisBehindLatest"])
        break

try:
    client.describe_stream_summary(StreamName="nowhere")
except client.exceptions.ResourceNotFoundException as ex:
    print("refused", True, ex.response["ResponseMetadata"]["HTTPStatusCode"])
