package io.kinesisspring.protobuf;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ResourceLoader;

import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaRegistry;

/**
 * Sends and receives messages of classes that the compiler of Protocol Buffers has
 * generated. Without a {@link SchemaRegistry}, a record is the message alone. Then the
 * class of the listener's parameter decides what is read: messages do not name their
 * type. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ProtobufPayloadConverter implements PayloadConverter {

	private final @Nullable RegisteredMessages registered;

	/**
	 * Create a converter.
	 * @param registry the registry; {@code null} for messages without anything in front
	 * @param resources finds the {@code .proto} files of messages for the registry
	 */
	public ProtobufPayloadConverter(@Nullable SchemaRegistry registry, ResourceLoader resources) {
		this.registered = (registry != null) ? new RegisteredMessages(registry, resources) : null;
	}

	@Override
	public boolean supports(Class<?> type) {
		return Message.class.isAssignableFrom(type);
	}

	@Override
	public byte[] toBytes(Object payload, RecordDestination destination) {
		Message message = (Message) payload;
		if (!message.isInitialized()) {
			throw new RecordConversionException(
					"Cannot write a message '" + message.getDescriptorForType().getFullName() + "': it has no "
							+ String.join(", ", message.findInitializationErrors()),
					null);
		}
		return (this.registered != null) ? this.registered.encode(message, destination) : message.toByteArray();
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		Message prototype = prototype((Class<?>) targetType);
		String subject = "Cannot read " + data.length + " bytes as '" + targetType.getTypeName() + "'";
		CodedInputStream in = (this.registered != null)
				? this.registered.decode(data, prototype.getDescriptorForType(), subject)
				: CodedInputStream.newInstance(data);
		try {
			Message message = prototype.getParserForType().parseFrom(in);
			in.checkLastTagWas(0);
			return message;
		}
		catch (InvalidProtocolBufferException ex) {
			throw new RecordConversionException(subject + ": they are no such message, or cut off", null);
		}
	}

	private static Message prototype(Class<?> type) {
		return (Message) Internal.getDefaultInstance(type.asSubclass(Message.class));
	}

	@Override
	public void checkTarget(Type targetType) {
		if (targetType instanceof Class<?> type && Message.class.isAssignableFrom(type)
				&& !Modifier.isAbstract(type.getModifiers()) && type != DynamicMessage.class) {
			prototype(type);
			return;
		}
		throw new RecordConversionException(
				"'" + targetType.getTypeName()
						+ "' cannot be received. Declare a class that the compiler of Protocol Buffers has generated",
				null);
	}

}
