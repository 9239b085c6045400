package io.kinesisspring.avro;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A record class as Avro generates it, for a schema that has grown: {@code cents} has
 * become a long, and {@code currency} is new.
 */
public class Order extends SpecificRecordBase {

	private static final long serialVersionUID = 1L;

	public static final Schema SCHEMA$ = new Schema.Parser().parse("""
			{"type":"record","name":"Order","namespace":"io.kinesisspring.avro","fields":[
			  {"name":"id","type":{"type":"string","avro.java.string":"String"}},
			  {"name":"cents","type":"long"},
			  {"name":"currency","type":{"type":"string","avro.java.string":"String"},"default":"EUR"}
			]}""");

	private String id;

	private long cents;

	private String currency;

	public Order() {
	}

	Order(String id, long cents, String currency) {
		this.id = id;
		this.cents = cents;
		this.currency = currency;
	}

	@Override
	public Schema getSchema() {
		return SCHEMA$;
	}

	@Override
	public Object get(int field) {
		return switch (field) {
			case 0 -> this.id;
			case 1 -> this.cents;
			case 2 -> this.currency;
			default -> throw new IndexOutOfBoundsException(field);
		};
	}

	@Override
	public void put(int field, Object value) {
		if (field == 0) {
			this.id = (value != null) ? value.toString() : null;
		}
		else if (field == 1) {
			this.cents = (Long) value;
		}
		else {
			this.currency = (value != null) ? value.toString() : null;
		}
	}

}
