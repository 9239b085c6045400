/**
 * The values that every part shares: records, headers, sequence numbers and exceptions.
 * Uses nothing else of this library.
 */
@NullMarked
package io.kinesisspring;

import org.jspecify.annotations.NullMarked;
