/**
 * Simulated time, for the tests of everything that waits.
 */
@NullMarked
package io.kinesisspring.scheduling;

import org.jspecify.annotations.NullMarked;
