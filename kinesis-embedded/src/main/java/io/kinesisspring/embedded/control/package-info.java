/**
 * The control path: what the Java API does to a running server, for tests in other
 * processes.
 */
@NullMarked
package io.kinesisspring.embedded.control;

import org.jspecify.annotations.NullMarked;
