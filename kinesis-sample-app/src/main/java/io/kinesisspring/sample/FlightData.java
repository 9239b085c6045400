package io.kinesisspring.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The twenty thousand flights of the data set, numbered in their order.
 */
@Component
class FlightData {

	private final List<Flight> flights;

	FlightData(JsonMapper mapper) {
		this.flights = read(mapper);
	}

	List<Flight> flights() {
		return this.flights;
	}

	int size() {
		return this.flights.size();
	}

	/**
	 * Return the totals that the listener must arrive at.
	 */
	FlightSummary summary() {
		ShardTotals all = ShardTotals.empty();
		this.flights.forEach(all::count);
		return FlightSummary.of(List.of(all));
	}

	private static List<Flight> read(JsonMapper mapper) {
		try (InputStream data = new ClassPathResource("flights-20k.ndjson.gz").getInputStream();
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(new GZIPInputStream(data), StandardCharsets.UTF_8))) {
			List<Flight> flights = new ArrayList<>();
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				flights.add(mapper.readValue(line, Flight.class).numbered(flights.size()));
			}
			return List.copyOf(flights);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
