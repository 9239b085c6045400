/**
 * The drivers of what this project is measured beside, each written as its documentation
 * says, with nothing held back.
 */
@NullMarked
package io.kinesisspring.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
