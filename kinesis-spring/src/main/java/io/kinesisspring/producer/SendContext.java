package io.kinesisspring.producer;

import java.util.concurrent.Executor;

import io.kinesisspring.scheduling.EventLoop;

/**
 * What the engine of a template works with. Immutable.
 *
 * @param calls makes the requests
 * @param loop runs the engine
 * @param executor makes requests and completes futures
 */
record SendContext(ServiceCalls calls, EventLoop loop, TaskExecutor executor) {

	SendContext(ServiceCalls calls, EventLoop loop, Executor executor) {
		this(calls, loop, TaskExecutor.of(executor));
	}

}
