// The AWS SDK for JavaScript against the server at KINESIS_ENDPOINT, with nothing else set but
// what an application has to set. Prints what it sees, one fact a line.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const modules = createRequire(pathToFileURL(process.env.NODE_MODULES + '/'));
const {
	KinesisClient, CreateStreamCommand, DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand,
	PutRecordsCommand, RegisterStreamConsumerCommand, ResourceNotFoundException, SubscribeToShardCommand,
} = modules('@aws-sdk/client-kinesis');

const client = new KinesisClient({
	endpoint: process.env.KINESIS_ENDPOINT,
	region: 'us-east-1',
	credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const text = (record) => Buffer.from(record.Data).toString();
const place = { ShardId: 'shardId-000000000000' };

await client.send(new CreateStreamCommand({ StreamName: 'from-node', ShardCount: 1 }));
const { StreamDescriptionSummary: stream } =
	await client.send(new DescribeStreamSummaryCommand({ StreamName: 'from-node' }));
console.log(`stream ${stream.StreamStatus} ${stream.OpenShardCount} ${stream.StreamCreationTimestamp instanceof Date}`);

const put = await client.send(new PutRecordsCommand({
	StreamName: 'from-node',
	Records: ['first', 'zweitér'].map((payload) => ({ PartitionKey: 'key', Data: Buffer.from(payload) })),
}));
console.log(`put ${put.Records.length} ${put.FailedRecordCount}`);

const { ShardIterator } = await client.send(new GetShardIteratorCommand(
	{ StreamName: 'from-node', ...place, ShardIteratorType: 'TRIM_HORIZON' }));
const got = await client.send(new GetRecordsCommand({ ShardIterator }));
console.log(`got ${got.Records.map(text)} ${got.Records[0].SequenceNumber === put.Records[0].SequenceNumber}`);

const { Consumer } = await client.send(new RegisterStreamConsumerCommand(
	{ StreamARN: stream.StreamARN, ConsumerName: 'reports' }));
const subscription = await client.send(new SubscribeToShardCommand(
	{ ConsumerARN: Consumer.ConsumerARN, ...place, StartingPosition: { Type: 'TRIM_HORIZON' } }));
for await (const { SubscribeToShardEvent: event } of subscription.EventStream) {
	if (event?.Records.length > 0) {
		console.log(`pushed ${event.Records.map(text)} ${event.MillisBehindLatest}`);
		break;
	}
}

try {
	await client.send(new DescribeStreamSummaryCommand({ StreamName: 'nowhere' }));
}
catch (error) {
	console.log(`refused ${error instanceof ResourceNotFoundException} ${error.$metadata.httpStatusCode}`);
}
// The subscription that was left keeps its connection, and with it the process
process.exit(0);
