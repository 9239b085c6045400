package io.kinesisspring.aggregation;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One of the records in an aggregated record.
 *
 * @param partitionKey the key that the record was sent with
 * @param explicitHashKey the decimal number that it was sent with in place of the key's
 * hash, if it was
 * @param data the payload, a copy of its own
 * @since 0.1.0
 */
public record UserRecord(String partitionKey, @Nullable String explicitHashKey, byte[] data) {

	@Override
	public boolean equals(@Nullable Object obj) {
		return obj instanceof UserRecord other && this.partitionKey.equals(other.partitionKey)
				&& Objects.equals(this.explicitHashKey, other.explicitHashKey) && Arrays.equals(this.data, other.data);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.partitionKey, this.explicitHashKey, Arrays.hashCode(this.data));
	}

	/**
	 * What the record is, for messages: never holds any of its payload.
	 * @return the keys and the size
	 */
	@Override
	public String toString() {
		return "UserRecord[partitionKey=" + this.partitionKey + ", explicitHashKey=" + this.explicitHashKey + ", "
				+ this.data.length + " bytes]";
	}

}
