package io.kinesisspring.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.RecordsListener;

/**
 * Takes note of all numbered records that it has processed, in the order in which it has.
 */
public final class RecordingListener implements RecordsListener {

	private final Queue<KinesisRecord<byte[]>> records = new ConcurrentLinkedQueue<>();

	private final Processing<KinesisRecord<byte[]>> processing;

	public RecordingListener() {
		this((record) -> {
		});
	}

	public RecordingListener(Processing<KinesisRecord<byte[]>> processing) {
		this.processing = processing;
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> delivered, Delivery delivery)
			throws Exception {
		this.processing.process(delivered.get(0));
		this.records.add(delivered.get(0));
		return null;
	}

	@Override
	public boolean isBatch() {
		return false;
	}

	public static int number(KinesisRecord<byte[]> record) {
		return Integer.parseInt(new String(record.payload(), StandardCharsets.UTF_8));
	}

	public List<KinesisRecord<byte[]>> records() {
		return List.copyOf(this.records);
	}

	public List<Integer> numbers() {
		return this.records.stream().map(RecordingListener::number).toList();
	}

	public Set<Integer> distinctNumbers() {
		return new TreeSet<>(numbers());
	}

	public Map<String, List<KinesisRecord<byte[]>>> byShard() {
		return this.records.stream().collect(Collectors.groupingBy(KinesisRecord::shardId));
	}

	public Map<String, List<Integer>> numbersByKey() {
		return this.records.stream()
			.collect(Collectors.groupingBy(KinesisRecord::partitionKey,
					Collectors.mapping(RecordingListener::number, Collectors.toList())));
	}

	/**
	 * What a listener does.
	 *
	 * @param <T> what it does it to
	 */
	@FunctionalInterface
	public interface Processing<T> {

		void process(T records) throws Exception;

	}

}
