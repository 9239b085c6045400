/**
 * A page about the listeners, shards and producers of an application. It reads and
 * changes through the {@code kinesis} endpoint, so that whoever may not use the endpoint
 * may not use the page.
 */
@NullMarked
package io.kinesisspring.boot.console;

import org.jspecify.annotations.NullMarked;
