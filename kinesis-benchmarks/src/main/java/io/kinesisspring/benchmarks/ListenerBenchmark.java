package io.kinesisspring.benchmarks;

import java.lang.reflect.Method;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;

/**
 * Measures the way of a record to the listener method: conversion, arguments and the
 * call. Compares it with reading the JSON and calling the method by hand.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ListenerBenchmark {

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final Listeners listeners = new Listeners();

	private final RecordsListener payload = listener("onPayload", Order.class);

	private final RecordsListener payloadAndKey = listener("onPayloadAndKey", Order.class, String.class);

	private final RecordsListener.Delivery delivery = RecordsListener.Delivery.FIRST;

	private final KinesisRecord<byte[]> theRecord = new KinesisRecord<>("orders", "shardId-000000000000", "customer-1",
			SequenceNumber.of("49680488824016101353639967371332634282133139044809310210"), 0, Instant.EPOCH,
			this.mapper.writeValueAsBytes(Order.number(1)));

	private final List<KinesisRecord<byte[]>> records = List.of(this.theRecord);

	private RecordsListener listener(String name, Class<?>... parameters) {
		Method method = ClassUtils.getMethod(Listeners.class, name, parameters);
		return new MethodRecordsListener(this.listeners, method,
				new ListenerMethodFactory(new DefaultListableBeanFactory(), null),
				new JacksonRecordConverter(this.mapper));
	}

	/**
	 * Call a method that takes the payload.
	 * @return what the method noted last
	 * @throws Exception never
	 */
	@Benchmark
	public @Nullable Object payload() throws Exception {
		this.payload.onRecords(this.records, this.delivery);
		return this.listeners.last;
	}

	/**
	 * Call a method that takes the payload and a header.
	 * @return what the method noted last
	 * @throws Exception never
	 */
	@Benchmark
	public @Nullable Object payloadAndKey() throws Exception {
		this.payloadAndKey.onRecords(this.records, this.delivery);
		return this.listeners.last;
	}

	/**
	 * Read the JSON and call the method.
	 * @return what the method noted last
	 */
	@Benchmark
	public @Nullable Object byHand() {
		this.listeners.onPayload(this.mapper.readValue(this.theRecord.payload(), Order.class));
		return this.listeners.last;
	}

	/**
	 * The listener.
	 */
	public static final class Listeners {

		private @Nullable Object last;

		/**
		 * Note a payload.
		 * @param order the payload
		 */
		public void onPayload(Order order) {
			this.last = order;
		}

		/**
		 * Note a payload or its key.
		 * @param order the payload
		 * @param key the key
		 */
		public void onPayloadAndKey(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key) {
			this.last = key.isEmpty() ? order : key;
		}

	}

}
