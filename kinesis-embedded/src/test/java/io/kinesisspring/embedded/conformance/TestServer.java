package io.kinesisspring.embedded.conformance;

import java.net.URI;
import java.util.Set;

/**
 * A server under test.
 *
 * @param endpoint where it listens
 * @param missing what it does not have
 * @param stop what ends it
 */
record TestServer(URI endpoint, Set<Feature> missing, Runnable stop) {
}
