package io.kinesisspring.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;

import io.kinesisspring.observation.KinesisObservations;

/**
 * Takes note of what is observed: each observation's name, with what happened to it.
 */
public final class RecordedObservations implements ObservationHandler<Observation.Context> {

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final List<String> steps = new CopyOnWriteArrayList<>();

	private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

	public RecordedObservations() {
		this.registry.observationConfig().observationHandler(this);
	}

	public ObservationRegistry registry() {
		return this.registry;
	}

	public KinesisObservations observations() {
		return new KinesisObservations(this.registry, null, null, null);
	}

	/**
	 * What has happened until now.
	 */
	public List<String> steps() {
		return new ArrayList<>(this.steps);
	}

	/**
	 * The contexts of the observations that have ended.
	 */
	public List<Observation.Context> ended() {
		return this.ended;
	}

	@Override
	public void onStart(Observation.Context context) {
		this.steps.add("start " + context.getName());
	}

	@Override
	public void onError(Observation.Context context) {
		this.steps.add("error " + context.getError());
	}

	@Override
	public void onScopeOpened(Observation.Context context) {
		this.steps.add("open");
	}

	@Override
	public void onScopeClosed(Observation.Context context) {
		this.steps.add("close");
	}

	@Override
	public void onStop(Observation.Context context) {
		this.steps.add("stop");
		this.ended.add(context);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

}
