package io.kinesisspring.wire;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Short texts that come again and again, such as the ids of shards, so that each needs
 * one object only. A text that is not found takes the place of another. Thread-safe.
 */
final class RecentTexts {

	/** A power of two. Streams with more shards than that have some ids twice. */
	private static final int PLACES = 1024;

	private static final int LONGEST = 64;

	private final AtomicReferenceArray<@Nullable String> texts = new AtomicReferenceArray<>(PLACES);

	/**
	 * Return a text.
	 * @param ascii has the text's bytes, none of them negative
	 * @param offset where they begin
	 * @param count the number of bytes
	 */
	String of(byte[] ascii, int offset, int count) {
		if (count > LONGEST) {
			return decode(ascii, offset, count);
		}
		int hash = 0;
		for (int i = offset; i < offset + count; i++) {
			hash = 31 * hash + ascii[i];
		}
		int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
		String known = this.texts.getPlain(place);
		if (known != null && equals(known, ascii, offset, count)) {
			return known;
		}
		String text = decode(ascii, offset, count);
		this.texts.set(place, text);
		return text;
	}

	private static String decode(byte[] ascii, int offset, int count) {
		return new String(ascii, offset, count, StandardCharsets.ISO_8859_1);
	}

	private static boolean equals(String text, byte[] ascii, int offset, int count) {
		if (text.length() != count) {
			return false;
		}
		for (int i = 0; i < count; i++) {
			if (text.charAt(i) != ascii[offset + i]) {
				return false;
			}
		}
		return true;
	}

}
