package io.kinesisspring.embedded.http;

import java.time.InstantSource;

import io.kinesisspring.embedded.action.Actions;
import io.kinesisspring.embedded.control.Control;
import io.kinesisspring.embedded.fault.Faults;

/**
 * What requests are answered from.
 *
 * @param actions the actions
 * @param faults what goes wrong on purpose
 * @param control the control path
 * @param tls the certificate
 * @param clock the time
 * @since 0.1.0
 */
public record Service(Actions actions, Faults faults, Control control, Tls tls, InstantSource clock) {
}
