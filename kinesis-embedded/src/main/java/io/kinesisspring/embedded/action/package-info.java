/**
 * The actions of the service by name: each takes the members of a request, works on the
 * store and gives an answer. Knows nothing of HTTP.
 */
@NullMarked
package io.kinesisspring.embedded.action;

import org.jspecify.annotations.NullMarked;
