package io.kinesisspring.boot.console;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * States that tests make up.
 */
final class States {

	/** Contains what a browser would run if it were taken for HTML. */
	static final String HARMFUL = "<img src=x onerror=alert(1)><script>alert(2)</script>\\\"' onclick=alert(3)";

	private static final long TIME = 1_764_421_200_000L;

	private States() {
	}

	/**
	 * A listener with shards in all states that there are.
	 */
	static String troubled(boolean writable) {
		return state(writable, listener("orders", List.of("orders"),
				"""
						,"held":7,"paused":1,"stopped":1,"stalled":1,"maxMillisBehindLatest":1800000,"recordsPerSecond":812.0""",
				List.of(shard("orders", 0, "finished", ""), shard("orders", 1, "held", reading(0, 210.5)),
						shard("orders", 2, "held", reading(120, 190)),
						shard("orders", 3, "held",
								",\"activity\":\"paused\",\"stalled\":false,\"millisBehindLatest\":90000,\"recordsPerSecond\":0.0"),
						shard("orders", 4, "held",
								",\"activity\":\"stopped\",\"stalled\":false,\"millisBehindLatest\":1800000,"
										+ "\"error\":\"java.lang.IllegalStateException: No such customer\",\"since\":\"2025-11-29T12:30:00Z\""),
						shard("orders", 5, "held",
								",\"activity\":\"reading\",\"stalled\":true,\"millisBehindLatest\":300000,"
										+ "\"error\":\"java.net.ConnectException: Connection refused\",\"since\":\"2025-11-29T12:50:00Z\""),
						shard("orders", 6, "free", ",\"parents\":[\"shardId-000000000000\"]"),
						shard("orders", 7, "held", ",\"parents\":[\"shardId-000000000000\"]" + reading(700_000, 3)),
						elsewhere("orders", 8), elsewhere("orders", 9))));
	}

	/**
	 * A listener with many shards, all of them read here.
	 */
	static String many(int shards) {
		return state(true, listener("orders", List.of("orders"),
				",\"held\":%d,\"paused\":0,\"stopped\":0,\"stalled\":0,\"maxMillisBehindLatest\":%d,\"recordsPerSecond\":812.0"
					.formatted(shards, shards),
				IntStream.range(0, shards)
					.mapToObj((number) -> shard("orders", number, "held", reading(number, 10)))
					.toList()));
	}

	/**
	 * What changes for one of many shards.
	 */
	static String change(int shards, int changed, long lag) {
		return state(true, """
				{"id":"orders","application":"shop","streams":["orders"],"phase":"running","worker":"%s","held":%d,
				"paused":0,"stopped":0,"stalled":0,"maxMillisBehindLatest":%d,"recordsPerSecond":812.0,
				"workers":[{"name":"%s","here":true,"shards":%d}],"changedShards":[%s]}
				""".formatted(worker(1), shards, lag, worker(1), shards,
				shard("orders", changed, "held", reading(lag, 10))));
	}

	/**
	 * Nothing but what has to be there.
	 */
	static String bare() {
		return """
				{"time":%d,"instance":"shop-1","application":"shop","writable":true,"listeners":[{"id":"orders",
				"streams":["orders"],"phase":"starting","shards":[{"stream":"orders","shard":"shardId-000000000000",
				"state":"free","here":false,"checkpoint":"trim-horizon","parents":[]}]}]}
				""".formatted(TIME).replace("\n", "");
	}

	/**
	 * Texts that come from elsewhere and contain HTML.
	 */
	static String harmful() {
		return state(true, listener(HARMFUL, List.of(HARMFUL), ",\"error\":\"" + HARMFUL + "\"",
				List.of(shard(HARMFUL, 0, "held", ",\"activity\":\"stopped\",\"error\":\"" + HARMFUL + "\""))));
	}

	static String history() {
		return "{\"step\":5000,\"samples\":[" + IntStream.range(0, 180)
			.mapToObj((step) -> """
					{"time":%d,"listeners":{"orders":{"lag":%d,"recordsPerSecond":%d.5,"failuresPerSecond":0.0}},
					"sent":{"orders":{"recordsPerSecond":400.0,"failedPerSecond":0.0,"refusedPerSecond":%d.0}},
					"dynamoDb":{"readUnitsPerSecond":1.0,"writeUnitsPerSecond":2.5}}
					""".formatted(TIME - (180 - step) * 5000L, step * 100, 700 + step % 60, (step > 120) ? 4 : 0))
			.collect(Collectors.joining(",")) + "]}";
	}

	private static String state(boolean writable, String listener) {
		return """
				{"time":%d,"instance":"%s","application":"shop","writable":%s,"listeners":[%s],
				"producer":{"bufferUsed":1234567,"bufferSize":67108864,"recordsInFlight":10,"requestsInFlight":2,
				"streams":[{"stream":"invoices","recordsPerSecond":400.0,"refusedPerSecond":4.0,"failedPerSecond":0.0,
				"limitedShards":1,"shards":[{"shard":"shardId-000000000000","recordsPerSecond":950.0,"limited":true,
				"waiting":120},{"shard":"shardId-000000000001","recordsPerSecond":200.0,"limited":false,"waiting":0}]}]}}
				"""
			.formatted(TIME, worker(1), writable, listener)
			.replace("\n", "");
	}

	private static String listener(String id, List<String> streams, String figures, List<String> shards) {
		return """
				{"id":"%s","application":"shop","streams":[%s],"phase":"running","since":"2025-11-29T10:15:30.123Z",
				"worker":"%s"%s,"workers":[{"name":"%s","here":true,"shards":7},{"name":"%s","here":false,"shards":2}],
				"shards":[%s],"redrives":[]}
				""".formatted(id, streams.stream().map((name) -> '"' + name + '"').collect(Collectors.joining(",")),
				worker(1), figures, worker(1), worker(2), String.join(",", shards));
	}

	private static String shard(String stream, int number, String state, String more) {
		String owner = state.equals("held") ? ",\"owner\":\"" + worker(1) + "-1\",\"here\":true" : ",\"here\":false";
		String parents = more.contains("\"parents\"") ? "" : ",\"parents\":[]";
		String checkpoint = state.equals("finished") ? "shard-end"
				: "49590338271490256608559692538361571095921575989136588898";
		return "{\"stream\":\"%s\",\"shard\":\"%s\",\"state\":\"%s\",\"epoch\":3,\"checkpoint\":\"%s\"%s%s%s}"
			.formatted(stream, id(number), state, checkpoint, owner, parents, more);
	}

	private static String elsewhere(String stream, int number) {
		return "{\"stream\":\"%s\",\"shard\":\"%s\",\"state\":\"held\",\"owner\":\"%s-1\",\"here\":false,\"epoch\":1,"
			.formatted(stream, id(number), worker(2)) + "\"checkpoint\":\"trim-horizon\",\"parents\":[]}";
	}

	private static String reading(long lag, double rate) {
		return ",\"activity\":\"reading\",\"stalled\":false,\"millisBehindLatest\":%d,\"recordsPerSecond\":%s"
			.formatted(lag, rate);
	}

	static String id(int number) {
		return "shardId-%012d".formatted(number);
	}

	private static String worker(int number) {
		return "shop-%d-4711-0b9e0c5e-6f0b-4d57-9f1c-0f6f8f1f6d1%d".formatted(number, number);
	}

}
