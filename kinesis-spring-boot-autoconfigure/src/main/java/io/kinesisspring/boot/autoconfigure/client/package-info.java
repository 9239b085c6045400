/**
 * Auto-configuration of the AWS clients: region, credentials, endpoints, HTTP, threads
 * and retries.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
