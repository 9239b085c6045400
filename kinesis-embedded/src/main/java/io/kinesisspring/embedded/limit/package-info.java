/**
 * The service's throughput limits, which a stream keeps only when it is told to.
 */
@NullMarked
package io.kinesisspring.embedded.limit;

import org.jspecify.annotations.NullMarked;
