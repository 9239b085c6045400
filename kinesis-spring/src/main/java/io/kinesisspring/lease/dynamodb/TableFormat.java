package io.kinesisspring.lease.dynamodb;

import java.util.List;

import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

import io.kinesisspring.InvalidOptionException;

/**
 * The keys of a table. A table of one application has a HASH key. A shared table has the
 * application as its HASH key and that key as its RANGE key. So an application reads its
 * rows with a query, and no key can be that of another application. Immutable.
 */
final class TableFormat {

	private static final List<String> KCL_KEY = List.of("leaseKey");

	private final TableSettings table;

	TableFormat(TableSettings table) {
		this.table = table;
	}

	List<KeySchemaElement> keySchema() {
		return this.table.shared()
				? List.of(element(TableSettings.APPLICATION_ATTRIBUTE, KeyType.HASH),
						element(this.table.keyAttribute(), KeyType.RANGE))
				: List.of(element(this.table.keyAttribute(), KeyType.HASH));
	}

	List<AttributeDefinition> attributeDefinitions() {
		return keySchema().stream()
			.map((key) -> AttributeDefinition.builder()
				.attributeName(key.attributeName())
				.attributeType(ScalarAttributeType.S)
				.build())
			.toList();
	}

	private static KeySchemaElement element(String name, KeyType type) {
		return KeySchemaElement.builder().attributeName(name).keyType(type).build();
	}

	/**
	 * Check the keys of a table that exists.
	 * @throws InvalidOptionException if they are not those of this format
	 */
	void check(TableDescription description) {
		List<KeySchemaElement> found = description.keySchema();
		if (found.equals(keySchema())) {
			description.attributeDefinitions().forEach(this::checkType);
			return;
		}
		String name = this.table.name();
		if (found.stream().map(KeySchemaElement::attributeName).toList().equals(KCL_KEY)) {
			throw invalid("The lease table '" + name + "' is one of the KCL",
					"Set {tableName} to another name, and add '" + name
							+ "' to {imports} to take over its checkpoints");
		}
		if (this.table.shared()) {
			throw invalid(
					"{shared} is 'true' and the lease table '" + name + "' has the key " + text(found) + " instead of "
							+ text(keySchema()),
					"Set {tableName} to another name, for a shared table that is still to be created, or leave {shared} out if the table belongs to this application alone");
		}
		if (found.equals(new TableFormat(this.table.withSharing()).keySchema())) {
			throw invalid(
					"{shared} is 'false' and the lease table '" + name + "' has the key " + text(found)
							+ ": several applications share it",
					"Set {shared} to true, or {tableName} to another table");
		}
		throw invalid(
				"The lease table '" + name + "' has the key " + text(found) + " instead of the HASH key '"
						+ this.table.keyAttribute() + "'",
				"Set {tableName} to another table, or {keyAttribute} to the table's HASH key if it has no other");
	}

	private void checkType(AttributeDefinition attribute) {
		if (attribute.attributeType() != ScalarAttributeType.S
				&& keySchema().stream().anyMatch((key) -> key.attributeName().equals(attribute.attributeName()))) {
			throw invalid(
					"The key '" + attribute.attributeName() + "' of the lease table '" + this.table.name()
							+ "' is of type " + attribute.attributeTypeAsString() + ", not S",
					"Set {tableName} to another table, or delete this one so that it is created again");
		}
	}

	/**
	 * What a table must have that the application may not create.
	 */
	String description() {
		return this.table.shared() ? "the string HASH key '" + TableSettings.APPLICATION_ATTRIBUTE
				+ "' and the string RANGE key '" + this.table.keyAttribute() + "'"
				: "the string HASH key '" + this.table.keyAttribute() + "'";
	}

	private static String text(List<KeySchemaElement> keys) {
		return keys.stream()
			.map((key) -> "'" + key.attributeName() + "' (" + key.keyTypeAsString() + ")")
			.toList()
			.toString();
	}

	private static InvalidOptionException invalid(String description, String action) {
		return new InvalidOptionException(InvalidOptionException.Group.LEASE, description, action);
	}

}
