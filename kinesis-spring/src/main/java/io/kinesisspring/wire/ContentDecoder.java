package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Decodes the content of responses for one call, which may have several attempts at once.
 */
@FunctionalInterface
interface ContentDecoder {

	/**
	 * Decode the content of an attempt.
	 * @param chunks the content, each chunk with an accessible array
	 * @return what the SDK gets in its place
	 * @throws NotUnderstoodException if the SDK has to get the content itself
	 */
	ByteBuffer decode(List<ByteBuffer> chunks);

}
