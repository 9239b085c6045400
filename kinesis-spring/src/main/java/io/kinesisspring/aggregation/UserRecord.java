package io.kinesisspring.aggregation;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A record inside an aggregated record.
 *
 * @param partitionKey the partition key of the record
 * @param explicitHashKey the explicit hash key of the record, or {@code null}
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
	 * Describe the record for messages, without its payload.
	 * @return the keys and the size
	 */
	@Override
	public String toString() {
		return "UserRecord[partitionKey=" + this.partitionKey + ", explicitHashKey=" + this.explicitHashKey + ", "
				+ this.data.length + " bytes]";
	}

}
