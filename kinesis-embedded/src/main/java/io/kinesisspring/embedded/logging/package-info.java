/**
 * What the server logs where it is a process of its own. An application that contains the
 * server uses its own logging.
 */
@NullMarked
package io.kinesisspring.embedded.logging;

import org.jspecify.annotations.NullMarked;
