/**
 * What happens to listeners and their shards, as application events. Uses nothing else of
 * this library.
 */
@NullMarked
package io.kinesisspring.event;

import org.jspecify.annotations.NullMarked;
