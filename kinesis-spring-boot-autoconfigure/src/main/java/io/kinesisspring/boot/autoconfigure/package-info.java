/**
 * Auto-configuration of the template and the listener containers: properties, AWS clients
 * and what happens when something is configured wrongly. Uses everything of
 * {@code kinesis-spring}, which knows nothing of it.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
