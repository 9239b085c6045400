/**
 * What the server knows: streams, their shards and records, sequence numbers, hash ranges
 * and iterators. Speaks of errors as the service does, but knows nothing of the wire.
 */
@NullMarked
package io.kinesisspring.embedded.store;

import org.jspecify.annotations.NullMarked;
