package io.kinesisspring.sample;

/**
 * What the flights from one airport add up to.
 *
 * @param origin the airport
 * @param flights how many there were
 * @param totalDelay all their delays together, in minutes
 * @param worstDelay the longest delay, in minutes
 * @param after the highest number that other shards had seen of it before its first
 * flight here, -1 if none
 * @param last the highest number of its flights, -1 if none has a number
 */
record Airport(String origin, int flights, long totalDelay, int worstDelay, int after, int last) {

	static Airport of(Flight flight, int after) {
		int number = (flight.number() != null) ? flight.number() : -1;
		return new Airport(flight.origin(), 1, flight.delay(), flight.delay(), after, Math.max(after, number));
	}

	Airport plus(Airport other) {
		return new Airport(this.origin, this.flights + other.flights, this.totalDelay + other.totalDelay,
				Math.max(this.worstDelay, other.worstDelay), Math.min(this.after, other.after),
				Math.max(this.last, other.last));
	}

	/**
	 * Whether a flight of the other shard arrived there after this shard had gone on with
	 * later ones of the same airport.
	 */
	boolean overtook(Airport other) {
		return this.after < other.last && other.last < this.last;
	}

	double meanDelay() {
		return (double) this.totalDelay / this.flights;
	}

}
