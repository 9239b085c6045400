/**
 * Keeps leases, checkpoints and heartbeats in one DynamoDB table. The only package that
 * knows the DynamoDB SDK.
 */
@NullMarked
package io.kinesisspring.lease.dynamodb;

import org.jspecify.annotations.NullMarked;
