package io.kinesisspring.embedded.action;

/**
 * One action of the service.
 */
@FunctionalInterface
interface Action {

	ActionResponse run(Arguments arguments);

}
