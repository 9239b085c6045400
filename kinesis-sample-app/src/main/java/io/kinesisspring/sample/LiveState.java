package io.kinesisspring.sample;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows.
 *
 * @param time when, in milliseconds since 1970
 * @param stream the stream that carries the flights
 * @param total how many flights the data set has
 * @param done whether all of them have arrived
 * @param counts the counts
 * @param meanDelay the mean delay, in minutes
 * @param airports the airports, with most flights first
 * @param arrivals some of the flights that arrived last
 * @param shards the shards that have something to read, in the order of their keys
 * @param instances the instances that read them
 * @param events what has happened lately, newest first
 * @param refused the records that the listener refused, {@code null} if nothing watches
 * them
 * @param obstacles why a control cannot be used, by its name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LiveState(long time, String stream, int total, boolean done, Counts counts, double meanDelay,
		List<FlightSummary.Line> airports, List<Flight> arrivals, List<Shard> shards, List<Instance> instances,
		List<LiveEvents.Event> events, @Nullable Refused refused, Map<String, String> obstacles) {

	/**
	 * How many flights of the data set there are of each sort.
	 *
	 * @param sent sent
	 * @param received received, each counted once
	 * @param underway sent, and not yet received
	 * @param seenTwice delivered again
	 * @param missing sent and not received, although a later one of the same airport was
	 * @param outOfOrder received after a later one of the same airport
	 */
	record Counts(int sent, int received, int underway, int seenTwice, int missing, int outOfOrder) {

	}

	/**
	 * A shard.
	 *
	 * @param shard its id
	 * @param from where its hash keys begin, from 0 to 1
	 * @param to where they end, from 0 to 1
	 * @param open whether it accepts records
	 * @param parents the shards that it comes from
	 * @param owner the name of the instance that reads it, {@code null} if none does
	 * @param orphaned whether that instance was killed
	 * @param flights how many flights it has delivered
	 * @param waiting how many of the flights that this instance has sent wait there
	 * @param lag how long the oldest of these has waited, in milliseconds
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Shard(String shard, double from, double to, boolean open, List<String> parents, @Nullable String owner,
			boolean orphaned, int flights, int waiting, long lag) {

	}

	/**
	 * An instance of the application.
	 *
	 * @param name a letter
	 * @param worker its worker, as the leases name it
	 * @param here whether it serves this page
	 * @param killed whether it was killed
	 * @param shards how many shards it holds
	 */
	record Instance(String name, String worker, boolean here, boolean killed, int shards) {

	}

	/**
	 * What the listener refused.
	 *
	 * @param count how many records
	 * @param handling the property that says what happens to them
	 * @param latest the latest ones, newest first
	 */
	record Refused(int count, String handling, List<Letter> latest) {

	}

	/**
	 * A record that the listener refused.
	 *
	 * @param time when it arrived in the dead-letter stream
	 * @param key its partition key
	 * @param shard the shard that it was in
	 * @param attempts how often it was delivered
	 * @param reason the type of the exception
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Letter(long time, @Nullable String key, String shard, int attempts, String reason) {

	}

}
