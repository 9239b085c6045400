package io.kinesisspring.protobuf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ConcurrentLruCache;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistry.RegisteredPayload;

/**
 * Messages in a schema registry: the schema is a file with several messages, so that the
 * index of its message is in front of each. Thread-safe.
 */
final class RegisteredMessages {

	private static final int CACHE_SIZE = 256;

	private final ConcurrentLruCache<String, List<String>> names = new ConcurrentLruCache<>(CACHE_SIZE,
			MessageNames::of);

	private final ConcurrentLruCache<Descriptor, Known> known = new ConcurrentLruCache<>(CACHE_SIZE, this::load);

	private final SchemaRegistry registry;

	private final ResourceLoader resources;

	RegisteredMessages(SchemaRegistry registry, ResourceLoader resources) {
		this.registry = registry;
		this.resources = resources;
	}

	byte[] encode(Message message, RecordDestination destination) {
		Known schema = this.known.get(message.getDescriptorForType());
		ByteArrayOutputStream out = new ByteArrayOutputStream(message.getSerializedSize() + 5);
		CodedOutputStream coded = CodedOutputStream.newInstance(out);
		try {
			coded.writeUInt32NoTag(schema.index());
			message.writeTo(coded);
			coded.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this.registry.encode(out.toByteArray(), schema.definition(), destination);
	}

	private Known load(Descriptor message) {
		FileDescriptor file = message.getFile();
		Resource source = this.resources.getResource("classpath:" + file.getName());
		try {
			return new Known(MessageNames.of(file).indexOf(message.getFullName()), new SchemaDefinition(Format.PROTOBUF,
					message.getFullName(), source.getContentAsString(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new KinesisConfigurationException(
					"The schema of the message '" + message.getFullName() + "', 'classpath:" + file.getName()
							+ "', does not exist, so that it cannot be registered",
					"Add the .proto file to the class path, where the compiler has found it", ex);
		}
	}

	/**
	 * Return what has the message.
	 * @throws RecordConversionException if there is another message
	 */
	CodedInputStream decode(byte[] data, Descriptor expected, String subject) {
		RegisteredPayload registered = this.registry.decode(data);
		if (registered.schema().format() != Format.PROTOBUF) {
			throw new RecordConversionException(subject + ": their schema '" + registered.schemaId()
					+ "' has the format " + registered.schema().format(), null);
		}
		CodedInputStream in = CodedInputStream.newInstance(registered.payload());
		List<String> messages = this.names.get(registered.schema().text());
		int index = index(in, subject);
		if (index < 0 || index >= messages.size()) {
			throw new RecordConversionException(subject + ": they have the message " + index + " of the schema '"
					+ registered.schemaId() + "', which has " + messages.size(), null);
		}
		if (!messages.get(index).equals(expected.getFullName())) {
			throw new RecordConversionException(subject + ": they have the message '" + messages.get(index)
					+ "' of the schema '" + registered.schemaId() + "', not '" + expected.getFullName() + "'", null);
		}
		return in;
	}

	private static int index(CodedInputStream in, String subject) {
		try {
			return in.readUInt32();
		}
		catch (InvalidProtocolBufferException ex) {
			throw new RecordConversionException(subject + ": the index of the message is cut off", null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What is known of a message that is sent.
	 *
	 * @param index its place among the messages of its file
	 * @param definition its schema
	 */
	private record Known(int index, SchemaDefinition definition) {

	}

}
