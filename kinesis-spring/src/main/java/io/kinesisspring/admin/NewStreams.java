package io.kinesisspring.admin;

import java.util.List;

/**
 * Several streams in one bean. Immutable.
 *
 * @param streams the streams
 * @since 0.1.0
 */
public record NewStreams(List<NewStream> streams) {

	public NewStreams {
		streams = List.copyOf(streams);
	}

	/**
	 * Put streams together.
	 * @param streams the streams
	 * @return all of them
	 */
	public static NewStreams of(NewStream... streams) {
		return new NewStreams(List.of(streams));
	}

}
