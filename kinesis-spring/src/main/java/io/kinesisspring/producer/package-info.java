/**
 * Sends records: the template that applications use, and the engine that batches records,
 * retries failed ones and keeps the order of each key. Uses the root's values, {@code
 * aggregation}, {@code converter}, {@code envelope}, {@code observation}, {@code
 * scheduling} and {@code wire}.
 */
@NullMarked
package io.kinesisspring.producer;

import org.jspecify.annotations.NullMarked;
