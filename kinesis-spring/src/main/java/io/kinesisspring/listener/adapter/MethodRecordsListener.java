package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BindingResult;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.RecordsListener;

/**
 * A {@link RecordsListener} that calls a method. Thread-safe, as far as the method's bean
 * is.
 *
 * @since 0.1.0
 */
public final class MethodRecordsListener implements RecordsListener {

	private final ListenerMethod method;

	private final ListenerSignature signature;

	private final @Nullable Class<?> onlyArgument;

	private final RecordConverter converter;

	private final @Nullable PayloadValidation validation;

	private final Function<@Nullable Object, @Nullable CompletionStage<?>> result;

	/**
	 * Create a listener.
	 * @param bean the bean that has the method, or its proxy
	 * @param method the method, invocable on the bean
	 * @param methodFactory resolves arguments
	 * @param converter converts payloads
	 * @throws KinesisConfigurationException if its parameters or its return type are not
	 * supported
	 */
	public MethodRecordsListener(Object bean, Method method, ListenerMethodFactory methodFactory,
			RecordConverter converter) {
		this.method = methodFactory.create(bean, method);
		this.signature = ListenerSignature.of(method, AopUtils.getTargetClass(bean));
		this.onlyArgument = this.signature.onlyArgument();
		this.converter = converter;
		checkPayload(method);
		PayloadValidation validation = PayloadValidation.of(this.signature.parameter(), method, methodFactory);
		this.validation = this.signature.isPlain() ? null : validation;
		this.result = ListenerResult.of(method);
	}

	private void checkPayload(Method listener) {
		try {
			this.converter.checkTarget(this.signature.payloadType());
		}
		catch (RecordConversionException ex) {
			throw new KinesisConfigurationException("The payload of the listener " + listener + ": " + ex.getMessage(),
					"Add the dependency org.springframework.boot:spring-boot-starter-jackson, or declare a RecordConverter bean, or let the listener take byte[] or String",
					ex);
		}
	}

	@Override
	public boolean isBatch() {
		return this.signature.batch();
	}

	@Override
	public boolean suits(AckMode ackMode) {
		return this.signature.acknowledges() == (ackMode == AckMode.MANUAL);
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		return this.signature.batch() ? onBatch(records, delivery) : onRecord(records.get(0), delivery);
	}

	private @Nullable CompletionStage<?> onRecord(KinesisRecord<byte[]> record, Delivery delivery) throws Exception {
		Object payload = convert(record, delivery);
		Object carried = (this.signature.form() == ListenerSignature.Form.RECORD) ? record.withPayload(payload)
				: payload;
		return isOnlyArgument(carried) ? call(carried) : invoke(RecordMessage.of(carried, record, delivery));
	}

	private @Nullable CompletionStage<?> onBatch(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		List<Object> batch = new ArrayList<>(records.size());
		Throwable broken = null;
		for (KinesisRecord<byte[]> record : records) {
			try {
				batch.add(carry(record, delivery));
			}
			catch (Throwable ex) {
				broken = ex;
				break;
			}
		}
		if (broken == null) {
			return isOnlyArgument(batch) ? call(batch) : invoke(RecordMessage.ofBatch(batch, records.get(0), delivery));
		}
		return onBatchBefore(batch, records, delivery, broken);
	}

	/**
	 * If a record cannot be converted or is not valid, the records before it are still
	 * delivered, and their acknowledgment does not cover it.
	 */
	private @Nullable CompletionStage<?> onBatchBefore(List<Object> batch, List<KinesisRecord<byte[]>> records,
			Delivery delivery, Throwable broken) throws Exception {
		BatchFailedException failure = new BatchFailedException(batch.size(), broken);
		if (batch.isEmpty()) {
			throw failure;
		}
		Delivery covering = delivery.covering(records.subList(0, batch.size()));
		CompletionStage<?> before = invoke(RecordMessage.ofBatch(batch, records.get(0), covering));
		if (before == null) {
			throw failure;
		}
		return before.thenRun(() -> {
			throw failure;
		});
	}

	private Object carry(KinesisRecord<byte[]> record, Delivery delivery) {
		Object payload = convert(record, delivery);
		return switch (this.signature.form()) {
			case PAYLOAD -> payload;
			case RECORD -> record.withPayload(payload);
			case MESSAGE -> RecordMessage.inBatch(payload, record, delivery);
		};
	}

	private Object convert(KinesisRecord<byte[]> record, Delivery delivery) {
		Object payload;
		try {
			payload = this.converter.fromBytes(record.payload(), this.signature.payloadType());
		}
		catch (RecordConversionException ex) {
			throw new RecordConversionException("The record at " + record.position()
					+ " cannot be converted for the listener " + this.method.getShortLogMessage() + ": "
					+ ex.getMessage()
					+ ". Correct the parameter's type or the sender, or let such records be skipped or dead-lettered",
					ex);
		}
		if (this.validation != null) {
			this.validation.check(payload, RecordMessage.of(payload, record, delivery));
		}
		return payload;
	}

	private boolean isOnlyArgument(Object carried) {
		return this.onlyArgument != null && this.onlyArgument.isInstance(carried);
	}

	/**
	 * A message with its headers costs more than the rest of a delivery, so that none is
	 * created for a method that does not need it.
	 */
	private @Nullable CompletionStage<?> call(Object argument) throws Exception {
		return this.result.apply(this.method.call(argument));
	}

	private @Nullable CompletionStage<?> invoke(Message<Object> message) throws Exception {
		try {
			return this.result.apply(this.method.invoke(message));
		}
		catch (MethodArgumentNotValidException ex) {
			BindingResult result = ex.getBindingResult();
			throw (result != null) ? new InvalidPayloadException(message, ex.getMethodParameter(), result) : ex;
		}
	}

}
