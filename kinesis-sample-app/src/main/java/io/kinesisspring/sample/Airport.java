package io.kinesisspring.sample;

/**
 * What the flights from one airport add up to.
 *
 * @param origin the airport
 * @param flights how many there were
 * @param totalDelay all their delays together, in minutes
 * @param worstDelay the longest delay, in minutes
 */
record Airport(String origin, int flights, long totalDelay, int worstDelay) {

	static Airport of(Flight flight) {
		return new Airport(flight.origin(), 1, flight.delay(), flight.delay());
	}

	Airport plus(Airport other) {
		return new Airport(this.origin, this.flights + other.flights, this.totalDelay + other.totalDelay,
				Math.max(this.worstDelay, other.worstDelay));
	}

	double meanDelay() {
		return (double) this.totalDelay / this.flights;
	}

}
