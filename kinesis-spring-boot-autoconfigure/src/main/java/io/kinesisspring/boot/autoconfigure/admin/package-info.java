/**
 * Auto-configuration of the admin, which creates streams.
 */
@NullMarked
package io.kinesisspring.boot.autoconfigure.admin;

import org.jspecify.annotations.NullMarked;
