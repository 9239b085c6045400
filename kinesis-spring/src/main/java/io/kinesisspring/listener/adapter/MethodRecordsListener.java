package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BindingResult;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.RecordsListener;

/**
 * A {@link RecordsListener} that calls a method. If the method has
 * {@link org.springframework.messaging.handler.annotation.SendTo @SendTo}, what it
 * returns is sent, and the records count as processed when that is stored. Thread-safe,
 * as far as the method's bean is.
 *
 * @since 0.1.0
 */
public final class MethodRecordsListener implements RecordsListener {

	private final ListenerMethod method;

	private final ListenerSignature signature;

	private final @Nullable Class<?> onlyArgument;

	private final PayloadConversion conversion;

	private final @Nullable PayloadValidation validation;

	private final @Nullable ReplySender replies;

	private final ListenerResult result;

	/**
	 * Create a listener.
	 * @param bean the bean that has the method, or its proxy
	 * @param method the method, invocable on the bean
	 * @param methodFactory resolves arguments
	 * @param converter converts payloads
	 * @throws KinesisConfigurationException if its parameters or its return type are not
	 * supported, or its answers cannot be sent
	 */
	public MethodRecordsListener(Object bean, Method method, ListenerMethodFactory methodFactory,
			RecordConverter converter) {
		this(bean, method, methodFactory,
				ListenerSignature.of(method, AopUtils.getTargetClass(bean), methodFactory::resolve), converter);
		this.conversion.check(method.toString());
	}

	MethodRecordsListener(Object bean, Method method, ListenerMethodFactory methodFactory, ListenerSignature signature,
			RecordConverter converter) {
		this.method = methodFactory.create(bean, method);
		this.signature = signature;
		this.onlyArgument = signature.onlyArgument();
		this.conversion = new PayloadConversion(converter, signature.payloadType(), this.method.getShortLogMessage());
		PayloadValidation validation = PayloadValidation.of(signature.parameter(), method, methodFactory);
		this.validation = signature.isPlain() ? null : validation;
		this.replies = methodFactory.replySender(method, AopUtils.getTargetClass(bean));
		this.result = ListenerResult.of(method, this.replies);
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
	public List<StreamIdentifier> replyStreams() {
		return (this.replies != null) ? List.of(this.replies.stream()) : List.of();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		return this.signature.batch() ? onBatch(records, delivery)
				: onPayload(this.conversion.convert(records.get(0)), records, delivery);
	}

	/**
	 * Deliver a record whose payload has been converted.
	 */
	@Nullable CompletionStage<?> onPayload(Object payload, List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		KinesisRecord<byte[]> record = records.get(0);
		validate(payload, record, delivery);
		Object carried = (this.signature.form() == ListenerSignature.Form.RECORD) ? record.withPayload(payload)
				: payload;
		return isOnlyArgument(carried) ? call(carried, records)
				: invoke(RecordMessage.of(carried, record, delivery), records);
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
			return isOnlyArgument(batch) ? call(batch, records) : invoke(message(batch, records, delivery), records);
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
		List<KinesisRecord<byte[]>> delivered = records.subList(0, batch.size());
		CompletionStage<?> before = invoke(message(batch, delivered, delivery.covering(delivered)), delivered);
		if (before == null) {
			throw failure;
		}
		return before.thenRun(() -> {
			throw failure;
		});
	}

	private Message<Object> message(List<Object> batch, List<KinesisRecord<byte[]>> records, Delivery delivery) {
		return RecordMessage.ofBatch(batch, records, delivery);
	}

	private Object carry(KinesisRecord<byte[]> record, Delivery delivery) {
		Object payload = this.conversion.convert(record);
		validate(payload, record, delivery);
		return switch (this.signature.form()) {
			case PAYLOAD -> payload;
			case RECORD -> record.withPayload(payload);
			case MESSAGE -> RecordMessage.inBatch(payload, record, delivery);
		};
	}

	private void validate(Object payload, KinesisRecord<byte[]> record, Delivery delivery) {
		if (this.validation != null) {
			this.validation.check(payload, RecordMessage.of(payload, record, delivery));
		}
	}

	private boolean isOnlyArgument(Object carried) {
		return this.onlyArgument != null && this.onlyArgument.isInstance(carried);
	}

	/**
	 * A message with its headers costs more than the rest of a delivery, so that none is
	 * created for a method that does not need it.
	 */
	private @Nullable CompletionStage<?> call(Object argument, List<KinesisRecord<byte[]>> records) throws Exception {
		return this.result.await(this.method.call(argument), records);
	}

	private @Nullable CompletionStage<?> invoke(Message<Object> message, List<KinesisRecord<byte[]>> records)
			throws Exception {
		try {
			return this.result.await(this.method.invoke(message), records);
		}
		catch (MethodArgumentNotValidException ex) {
			BindingResult result = ex.getBindingResult();
			throw (result != null) ? new InvalidPayloadException(message, ex.getMethodParameter(), result) : ex;
		}
	}

}
