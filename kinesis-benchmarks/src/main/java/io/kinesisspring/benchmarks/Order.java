package io.kinesisspring.benchmarks;

import java.util.List;

/**
 * A payload of a typical size.
 *
 * @param id which order it is
 * @param customer whose it is
 * @param total what it costs, in cents
 * @param articles what it consists of
 */
public record Order(long id, String customer, long total, List<String> articles) {

	static Order number(long id) {
		return new Order(id, "customer-" + id % 1000, id * 17 % 100_000, List.of("apples", "pears", "a book"));
	}

}
