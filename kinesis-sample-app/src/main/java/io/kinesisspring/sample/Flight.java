package io.kinesisspring.sample;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A flight, as it travels through the stream.
 *
 * @param number its place in the data set; none for one that was posted
 * @param date when it departed
 * @param delay its delay in minutes, negative if it was early
 * @param distance in miles
 * @param origin the airport that it came from
 * @param destination the airport that it went to
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Flight(@Nullable Integer number, String date, int delay, int distance, String origin,
		String destination) {

	Flight numbered(int place) {
		return new Flight(place, this.date, this.delay, this.distance, this.origin, this.destination);
	}

}
