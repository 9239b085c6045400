package io.kinesisspring.producer;

/**
 * Recognizes, by their names, the threads that the AWS SDK needs to deliver responses.
 */
final class SdkThreads {

	/**
	 * Threads on which the SDK's asynchronous clients complete their futures by default.
	 */
	private static final String COMPLETIONS = "sdk-async-response";

	/** The event loops of the SDK's Netty client, by default. */
	private static final String NETTY = "aws-java-sdk-NettyEventLoop";

	private SdkThreads() {
	}

	static boolean isOne(Thread thread) {
		return thread.getName().startsWith(COMPLETIONS) || thread.getName().startsWith(NETTY);
	}

}
