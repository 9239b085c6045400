/**
 * Faults that the server makes on purpose, by rules: what goes wrong, for which calls and
 * how often.
 */
@NullMarked
package io.kinesisspring.embedded.fault;

import org.jspecify.annotations.NullMarked;
