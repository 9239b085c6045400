package io.kinesisspring.embedded.testing.browser;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How a page is looked at.
 *
 * @param scheme the color scheme that the user prefers
 * @param width the width of the window in CSS pixels
 */
public record Look(Scheme scheme, int width) {

	/**
	 * The look in which tests begin.
	 */
	public static final Look DEFAULT = new Look(Scheme.LIGHT, 1600);

	private static final List<Integer> WIDTHS = List.of(380, 1600);

	/**
	 * Return the looks in which a page has to be good.
	 * @return both color schemes on a phone and on a large screen
	 */
	public static Stream<Look> all() {
		return WIDTHS.stream().flatMap((width) -> Stream.of(Scheme.values()).map((scheme) -> new Look(scheme, width)));
	}

	@Override
	public String toString() {
		return this.scheme.value() + "-" + this.width;
	}

	/**
	 * A color scheme.
	 */
	public enum Scheme {

		LIGHT, DARK;

		String value() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
