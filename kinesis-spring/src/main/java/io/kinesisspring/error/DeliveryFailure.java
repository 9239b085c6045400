package io.kinesisspring.error;

import io.kinesisspring.KinesisRecord;

/**
 * A delivery that failed. Immutable.
 *
 * @param record the failed record, or the first of the batch if a batch listener does not
 * report which record failed
 * @param records how many records may be the failed one: 1 if it is known
 * @param attempts number of attempts, this one included: those in which the record failed
 * alone or was named, or those of the batch while the failed record is unknown. The calls
 * of a search for the failing record do not count
 * @param exception the exception of the conversion or the listener; may be an
 * {@link Error}
 * @since 0.1.0
 */
public record DeliveryFailure(KinesisRecord<byte[]> record, int records, int attempts, Throwable exception) {

}
