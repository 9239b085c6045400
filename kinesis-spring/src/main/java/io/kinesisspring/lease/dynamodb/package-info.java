/**
 * Keeps leases, checkpoints and heartbeats in one DynamoDB table. The only package that
 * uses the DynamoDB SDK.
 */
@NullMarked
package io.kinesisspring.lease.dynamodb;

import org.jspecify.annotations.NullMarked;
