/**
 * Files that keep streams over restarts: append-only segments of records, and small
 * documents that are replaced as a whole. Knows nothing of what the documents and records
 * mean.
 */
@NullMarked
package io.kinesisspring.embedded.persistence;

import org.jspecify.annotations.NullMarked;
