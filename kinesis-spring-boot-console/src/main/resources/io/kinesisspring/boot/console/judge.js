/** What is wrong, and how bad it is. Pure functions. */

import { cause, counted, duration, shard as shardName } from './format.js';
import { key, median } from './model.js';

/** Health's default of `kinesis.health.lag-threshold`. */
export const LAGGING = 10 * 60 * 1000;

/** A lag to look at, although nothing is wrong yet. */
export const BEHIND = 60 * 1000;

/** A shard changes hands in less. */
const FREE_FOR = 15 * 1000;

const OUTLIER = 5;

/** From worst to best. The rank sorts, the level colours, the word is read. */
const CONDITIONS = {
  stopped: { rank: 0, level: 'bad', word: 'stopped' },
  stalled: { rank: 1, level: 'bad', word: 'stalled' },
  failing: { rank: 2, level: 'warn', word: 'retrying' },
  orphan: { rank: 3, level: 'warn', word: 'no owner' },
  lagging: { rank: 4, level: 'warn', word: 'lagging' },
  slow: { rank: 5, level: 'warn', word: 'slow' },
  paused: { rank: 6, level: 'note', word: 'paused' },
  behind: { rank: 7, level: 'note', word: 'behind' },
  waiting: { rank: 8, level: 'idle', word: 'waits for parent' },
  free: { rank: 8, level: 'idle', word: 'free' },
  reading: { rank: 9, level: 'ok', word: 'reading' },
  held: { rank: 10, level: 'idle', word: 'held elsewhere' },
  finished: { rank: 11, level: 'done', word: 'finished' },
};

/**
 * The condition of a shard.
 * @param shard the shard
 * @param context what `context(listener, now)` says about its listener
 */
export function condition(shard, { typical, byKey, now }) {
  return { name: name(shard, typical, byKey, now), ...CONDITIONS[name(shard, typical, byKey, now)] };
}

function name(shard, typical, byKey, now) {
  if (shard.state === 'finished') {
    return 'finished';
  }
  if (shard.state === 'free') {
    if (unfinishedParents(shard, byKey).length > 0) {
      return 'waiting';
    }
    return now - (shard.freeSince ?? now) >= FREE_FOR ? 'orphan' : 'free';
  }
  if (!shard.here) {
    return 'held';
  }
  if (shard.activity === 'stopped') {
    return 'stopped';
  }
  if (shard.activity === 'paused') {
    return 'paused';
  }
  if (shard.stalled) {
    return 'stalled';
  }
  if (shard.error) {
    return 'failing';
  }
  if (shard.millisBehindLatest >= LAGGING) {
    return 'lagging';
  }
  if (outlier(shard.millisBehindLatest, typical)) {
    return 'slow';
  }
  return shard.millisBehindLatest >= BEHIND ? 'behind' : 'reading';
}

/** Parents that are in the table and not finished: the shard waits for them. */
export function unfinishedParents(shard, byKey) {
  return (shard.parents ?? [])
    .map((parent) => byKey.get(key({ stream: shard.stream, shard: parent })))
    .filter((parent) => parent && parent.state !== 'finished');
}

/** How many times the median a lag is, if that is remarkable; otherwise 0. */
export function outlier(lag, typical) {
  if (!Number.isFinite(lag) || typical === undefined || lag < 10000) {
    return 0;
  }
  const times = lag / Math.max(typical, 1000);
  return times >= OUTLIER ? times : 0;
}

/** What a shard's condition compares it with. */
export function context(listener, now) {
  const lags = listener.shards
    .filter((shard) => shard.here && shard.activity === 'reading' && shard.millisBehindLatest >= 0)
    .map((shard) => shard.millisBehindLatest);
  const rates = listener.shards.filter((shard) => shard.here).map((shard) => shard.recordsPerSecond);
  return {
    typical: lags.length >= 3 ? median(lags) : undefined,
    typicalRate: median(rates),
    byKey: listener.byKey,
    now,
  };
}

const SENTENCES = {
  stopped: 'stopped by a failure',
  stalled: 'without progress',
  failing: 'being retried',
  orphan: 'without an owner',
  lagging: `more than ${duration(LAGGING)} behind`,
  slow: 'far behind the others',
};

/**
 * The problems, the worst first, those of one kind and cause together.
 * @returns `{level, rank, listener, text, cause, shards}`
 */
export function problems(state, now) {
  const found = [];
  for (const listener of state.listeners) {
    found.push(...ofListener(listener), ...ofShards(listener, now), ...ofRedrives(listener));
  }
  found.push(...ofProducer(state.producer));
  return found.sort((a, b) => a.rank - b.rank || (b.shards?.length ?? 0) - (a.shards?.length ?? 0));
}

function ofListener(listener) {
  if (listener.phase === 'failed') {
    return [problem(listener.id, 'bad', -2, 'The listener has failed', listener.error)];
  }
  if (listener.error) {
    const text = listener.phase === 'stopped' ? 'The first start has failed' : 'Access is denied or reading fails';
    return [problem(listener.id, 'bad', -1, text, listener.error)];
  }
  if (listener.leasesError) {
    const text = 'The lease table cannot be read: what other instances hold is as it was last known';
    return [problem(listener.id, 'warn', 3, text, listener.leasesError)];
  }
  return [];
}

function ofShards(listener, now) {
  const groups = new Map();
  const about = context(listener, now);
  for (const shard of listener.shards) {
    const { name: conditionName, level, rank } = condition(shard, about);
    if (level === 'bad' || level === 'warn') {
      const why = cause(shard.error);
      const group = `${conditionName}\n${why}`;
      if (!groups.has(group)) {
        groups.set(group, { conditionName, why, level, rank, shards: [] });
      }
      groups.get(group).shards.push(shard);
    }
  }
  return [...groups.values()].map((group) => ({
    ...problem(listener.id, group.level, group.rank, sentence(group), group.why),
    shards: group.shards,
    condition: CONDITIONS[group.conditionName].word,
  }));
}

function sentence({ conditionName, shards }) {
  const names = shards.slice(0, 3).map((shard) => shardName(shard.shard)).join(', ');
  const more = shards.length > 3 ? ` and ${shards.length - 3} more` : '';
  return `${counted(shards.length, 'shard')} ${SENTENCES[conditionName]}: ${names}${more}`;
}

function ofRedrives(listener) {
  return (listener.redrives ?? [])
    .filter((redrive) => redrive.state === 'failed')
    .map((redrive) => problem(listener.id, 'warn', 5, `The redrive of ${redrive.stream} has failed`, redrive.error));
}

function ofProducer(producer) {
  const found = [];
  if (!producer) {
    return found;
  }
  if (producer.bufferSize > 0 && producer.bufferUsed / producer.bufferSize >= 0.8) {
    const used = Math.round((100 * producer.bufferUsed) / producer.bufferSize);
    found.push(problem(undefined, 'warn', 4, `The send buffer is ${used} % full: senders are about to wait`));
  }
  if (producer.waiting > 0) {
    const sends = counted(producer.waiting, 'send waits', 'sends wait');
    found.push(problem(undefined, 'warn', 4, `${sends} for room in the buffer`));
  }
  for (const stream of producer.streams ?? []) {
    if (stream.failedPerSecond > 0) {
      found.push(problem(undefined, 'bad', 2, `Sends to ${stream.stream} fail`));
    }
    if (stream.limitedShards > 0) {
      const shards = counted(stream.limitedShards, 'shard');
      const takes = stream.limitedShards === 1 ? 'takes' : 'take';
      found.push(problem(undefined, 'warn', 5, `${stream.stream}: ${shards} ${takes} less than is sent`));
    }
  }
  return found;
}

function problem(listener, level, rank, text, error) {
  return { listener, level, rank, text, cause: cause(error) };
}
