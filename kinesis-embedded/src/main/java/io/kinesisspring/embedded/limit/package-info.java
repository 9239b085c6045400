/**
 * The service's throughput limits. A stream has none unless they are set.
 */
@NullMarked
package io.kinesisspring.embedded.limit;

import org.jspecify.annotations.NullMarked;
