/**
 * Auto-configuration of the lease store in DynamoDB. A store of another kind gets a
 * package like this one.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import org.jspecify.annotations.NullMarked;
