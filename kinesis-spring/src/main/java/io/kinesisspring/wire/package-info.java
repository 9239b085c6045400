/**
 * GetRecords and PutRecords below the AWS SDK's model objects: the records of a response
 * are decoded straight from the chunks that arrive, and those of a request are encoded
 * while the SDK reads them. Requests stay the SDK's in all other respects.
 * {@code FastPath} is the only door. May use the Kinesis SDK, and nothing of the other
 * packages.
 */
@NullMarked
package io.kinesisspring.wire;

import org.jspecify.annotations.NullMarked;
