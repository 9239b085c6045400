/** What the page knows: the last state, kept up to date by events. Pure functions. */

import { process } from './format.js';

export function key(shard) {
  return `${shard.stream}/${shard.shard}`;
}

/**
 * The state after an event. Shards come whole at first, then those that have changed.
 * Each shard also gets what only an onlooker can know: since when it has been free
 * (`freeSince`), and when its checkpoint last moved (`movedAt`, absent until it does).
 * @param before the state before, or null
 * @param event the document of an event
 * @param now the time of this browser
 */
export function merge(before, event, now) {
  const known = new Map((before?.listeners ?? []).map((listener) => [listener.id, listener]));
  const listeners = (event.listeners ?? []).map((listener) => mergeListener(known.get(listener.id), listener, now));
  return { ...event, listeners, received: now };
}

function mergeListener(before, event, now) {
  const old = before?.byKey ?? new Map();
  let byKey;
  if (event.shards) {
    byKey = new Map(event.shards.map((shard) => [key(shard), observe(old.get(key(shard)), shard, now)]));
  }
  else {
    byKey = old;
    const changed = event.changedShards ?? [];
    const removed = event.removedShards ?? [];
    if (changed.length > 0 || removed.length > 0) {
      byKey = new Map(old);
      removed.forEach((shard) => byKey.delete(key(shard)));
      changed.forEach((shard) => byKey.set(key(shard), observe(old.get(key(shard)), shard, now)));
    }
  }
  const { changedShards, removedShards, ...rest } = event;
  return { ...rest, byKey, shards: [...byKey.values()], complete: Boolean(event.shards || before) };
}

function observe(before, shard, now) {
  const seen = { ...shard };
  if (shard.state === 'free') {
    seen.freeSince = before?.freeSince ?? now;
  }
  if (before && before.checkpoint !== shard.checkpoint) {
    seen.movedAt = now;
  }
  else if (before?.movedAt !== undefined) {
    seen.movedAt = before.movedAt;
  }
  seen.watchedSince = before?.watchedSince ?? now;
  return seen;
}

/** The middle of some numbers; undefined where there are none. */
export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) {
    return undefined;
  }
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Samples with another one behind them: none twice, none older than the window. */
export function append(samples, sample, window = 15 * 60 * 1000) {
  const last = samples.at(-1);
  if (last && sample.time <= last.time) {
    return samples;
  }
  const kept = samples.filter((old) => old.time > sample.time - window);
  kept.push(sample);
  return kept;
}

/** How many instances hold shards, as the leases have it. Several may be in one process. */
export function instances(state) {
  const processes = new Set();
  let most = 0;
  for (const listener of state?.listeners ?? []) {
    const workers = (listener.workers ?? []).filter((worker) => worker.shards > 0);
    workers.forEach((worker) => processes.add(process(worker.name)));
    most = Math.max(most, workers.length);
  }
  return Math.max(processes.size, most);
}
