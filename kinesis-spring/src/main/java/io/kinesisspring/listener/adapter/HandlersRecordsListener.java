package io.kinesisspring.listener.adapter;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.RecordsListener;

/**
 * A {@link RecordsListener} with several methods. The type of the converted payload
 * decides which of them is called. Thread-safe, as far as the methods' bean is.
 *
 * @since 0.1.0
 */
public final class HandlersRecordsListener implements RecordsListener {

	private final List<Handler> handlers;

	private final @Nullable Handler byDefault;

	private final PayloadConversion conversion;

	private final String description;

	private final Map<Class<?>, Optional<Handler>> byPayload = new ConcurrentHashMap<>();

	/**
	 * Create a listener.
	 * @param bean the bean that has the methods, or its proxy
	 * @param methods its handlers
	 * @param methodFactory resolves arguments
	 * @param converter converts payloads
	 * @throws KinesisConfigurationException if the methods do not differ by the types of
	 * their payloads, or have no type in common, or one is not supported
	 */
	public HandlersRecordsListener(Object bean, Methods methods, ListenerMethodFactory methodFactory,
			RecordConverter converter) {
		Class<?> beanType = AopUtils.getTargetClass(bean);
		this.description = beanType.getName();
		this.handlers = new ArrayList<>();
		for (Method method : methods.byType()) {
			this.handlers.add(new Handler(bean, method, methodFactory, converter));
		}
		Method defaultMethod = methods.byDefault();
		this.byDefault = (defaultMethod != null) ? new Handler(bean, defaultMethod, methodFactory, converter) : null;
		checkTypes();
		Class<?> payloadType = (methods.payloadType() != null) ? methods.payloadType() : commonType();
		checkReachable(payloadType);
		this.conversion = new PayloadConversion(converter, payloadType, this.description);
		this.conversion.check(this.description);
	}

	private void checkTypes() {
		for (Handler handler : this.handlers) {
			for (Handler other : this.handlers) {
				if (handler != other && handler.type == other.type) {
					throw new KinesisConfigurationException("Two @KinesisHandler methods of the listener "
							+ this.description + " handle '" + handler.type.getName() + "': " + handler.method.getName()
							+ " and " + other.method.getName(), "Let each handler take another type");
				}
			}
			if (handler.type == Object.class) {
				throw new KinesisConfigurationException(
						"The @KinesisHandler method " + handler.method + " takes no payload of a type of its own",
						"Declare its type, or set isDefault = true");
			}
		}
	}

	private void checkReachable(Class<?> payloadType) {
		for (Handler handler : this.handlers) {
			if (!CommonType.mayHaveInstances(payloadType, handler.type)) {
				throw new KinesisConfigurationException(
						"The @KinesisHandler method " + handler.method + " takes no '" + payloadType.getName()
								+ "', the type to which all records of its listener are converted",
						"Let it take a subtype, or correct the attribute 'payloadType' of @KinesisListener");
			}
		}
	}

	private Class<?> commonType() {
		List<Class<?>> types = new ArrayList<>();
		this.handlers.forEach((handler) -> types.add(handler.type));
		if (this.byDefault != null && this.byDefault.type != Object.class) {
			types.add(this.byDefault.type);
		}
		Class<?> common = CommonType.of(types);
		if (common == null) {
			throw new KinesisConfigurationException(
					"The types of the @KinesisHandler methods of the listener " + this.description
							+ " do not have exactly one type in common to which records could be converted: "
							+ types.stream().map(Class::getName).sorted().toList(),
					"Let them implement one sealed interface, or set the attribute 'payloadType' of @KinesisListener");
		}
		return common;
	}

	@Override
	public boolean isBatch() {
		return false;
	}

	@Override
	public boolean suits(AckMode ackMode) {
		return all().stream().allMatch((handler) -> handler.listener.suits(ackMode));
	}

	@Override
	public List<StreamIdentifier> replyStreams() {
		return all().stream().flatMap((handler) -> handler.listener.replyStreams().stream()).distinct().toList();
	}

	private Collection<Handler> all() {
		List<Handler> all = new ArrayList<>(this.handlers);
		if (this.byDefault != null) {
			all.add(this.byDefault);
		}
		return all;
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		Object payload = this.conversion.convert(records.get(0));
		Handler handler = this.byPayload.computeIfAbsent(payload.getClass(), this::find).orElse(null);
		if (handler == null) {
			throw new NoHandlerException("The record at " + records.get(0).position() + " holds a '"
					+ payload.getClass().getName() + "', for which the listener " + this.description
					+ " has not exactly one most specific @KinesisHandler method. Add one, or one with isDefault = true, or let such records be skipped or dead-lettered");
		}
		return handler.listener.onPayload(payload, records, delivery);
	}

	/**
	 * The handler with the most specific type, if all other types that fit are more
	 * general.
	 */
	private Optional<Handler> find(Class<?> payloadType) {
		List<Handler> fitting = this.handlers.stream()
			.filter((handler) -> handler.type.isAssignableFrom(payloadType))
			.toList();
		if (fitting.isEmpty()) {
			return Optional.ofNullable(this.byDefault).filter((handler) -> handler.type.isAssignableFrom(payloadType));
		}
		return fitting.stream()
			.filter((handler) -> fitting.stream().allMatch((other) -> other.type.isAssignableFrom(handler.type)))
			.findFirst();
	}

	/**
	 * The handlers of a class.
	 *
	 * @param byType the methods that are chosen by the type of their payload, invocable
	 * on the bean
	 * @param byDefault the method for all other payloads; {@code null} if there is none
	 * @param payloadType the type to which records are converted; {@code null} for the
	 * one that the handlers have in common
	 */
	public record Methods(List<Method> byType, @Nullable Method byDefault, @Nullable Class<?> payloadType) {

		public Methods {
			byType = List.copyOf(byType);
		}

	}

	/**
	 * One of the methods.
	 */
	private static final class Handler {

		private final Method method;

		private final Class<?> type;

		private final MethodRecordsListener listener;

		private Handler(Object bean, Method method, ListenerMethodFactory methodFactory, RecordConverter converter) {
			ListenerSignature signature = ListenerSignature.of(method, AopUtils.getTargetClass(bean),
					methodFactory::resolve);
			if (signature.batch()) {
				throw new KinesisConfigurationException("The @KinesisHandler method " + method + " takes a list",
						"Let it take one record: the records of a batch may be of several types");
			}
			this.method = method;
			this.type = signature.declaredType();
			this.listener = new MethodRecordsListener(bean, method, methodFactory, signature, converter);
		}

	}

}
