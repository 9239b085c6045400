/**
 * What tests of other modules use as well: servers that this project did not write, and
 * SDK clients for local endpoints.
 */
package io.kinesisspring.embedded.testing;
