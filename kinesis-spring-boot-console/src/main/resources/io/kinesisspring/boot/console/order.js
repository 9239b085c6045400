/** Filters, sorts and nests the shards of a listener. Pure functions. */

import { key } from './model.js';
import { condition } from './judge.js';

/** Rows of shards with their conditions: `{shard, condition, depth}`. */
export function rows(listener, context, { filter = '', show = 'all', sort = 'problems', descending = false } = {}) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (const shard of listener.shards) {
    const row = { shard, condition: condition(shard, context), depth: 0 };
    if (shown(row, show) && words.every((word) => matches(row, word))) {
      found.push(row);
    }
  }
  if (sort === 'tree') {
    return tree(found);
  }
  const compare = ORDERS[sort] ?? ORDERS.problems;
  found.sort((a, b) => (descending ? -1 : 1) * compare(a, b) || byName(a, b));
  return found;
}

function shown({ shard, condition: { level } }, show) {
  switch (show) {
    case 'problems': return level === 'bad' || level === 'warn';
    case 'open': return shard.state !== 'finished';
    case 'here': return shard.here === true && shard.state !== 'finished';
    case 'elsewhere': return !shard.here && shard.state === 'held';
    case 'free': return shard.state === 'free';
    case 'finished': return shard.state === 'finished';
    default: return true;
  }
}

function matches({ shard, condition: { word } }, text) {
  return [shard.shard, shard.stream, shard.owner, shard.error, word]
    .some((value) => value && value.toLowerCase().includes(text));
}

const number = (value, otherwise) => (Number.isFinite(value) ? value : otherwise);

function byName(a, b) {
  return text(a.shard.stream, b.shard.stream) || text(a.shard.shard, b.shard.shard);
}

function text(a = '', b = '') {
  return a < b ? -1 : a > b ? 1 : 0;
}

const ORDERS = {
  problems: (a, b) => a.condition.rank - b.condition.rank || worse(a, b),
  state: (a, b) => a.condition.rank - b.condition.rank,
  shard: byName,
  owner: (a, b) => text(a.shard.owner, b.shard.owner),
  lag: (a, b) => number(a.shard.millisBehindLatest, -2) - number(b.shard.millisBehindLatest, -2),
  rate: (a, b) => number(a.shard.recordsPerSecond, -1) - number(b.shard.recordsPerSecond, -1),
  error: (a, b) => text(b.shard.error, a.shard.error),
};

/** Lags of reading shards change all the time: only those that matter move a row. */
function worse(a, b) {
  return a.condition.rank < 9 ? step(b.shard.millisBehindLatest) - step(a.shard.millisBehindLatest) : 0;
}

function step(lag) {
  return Number.isFinite(lag) && lag > 0 ? Math.floor(Math.log2(lag)) : -1;
}

/**
 * Parents before their children. The child of a merge stands below that of its parents
 * which comes first. A shard whose parents are not among the rows is a root. A loop,
 * which cannot be, ends nowhere and loses nothing.
 */
export function tree(found) {
  const byKey = new Map(found.map((row) => [key(row.shard), row]));
  const children = new Map();
  const roots = [];
  for (const row of [...found].sort(byName)) {
    const parent = (row.shard.parents ?? [])
      .map((id) => key({ stream: row.shard.stream, shard: id }))
      .filter((id) => byKey.has(id))
      .sort()[0];
    if (parent === undefined) {
      roots.push(row);
    }
    else if (children.has(parent)) {
      children.get(parent).push(row);
    }
    else {
      children.set(parent, [row]);
    }
  }
  const ordered = [];
  const placed = new Set();
  const place = (start) => {
    const stack = [[start, 0]];
    while (stack.length > 0) {
      const [row, depth] = stack.pop();
      if (!placed.has(row)) {
        placed.add(row);
        ordered.push({ ...row, depth });
        const below = children.get(key(row.shard)) ?? [];
        for (let i = below.length - 1; i >= 0; i--) {
          stack.push([below[i], depth + 1]);
        }
      }
    }
  };
  roots.forEach(place);
  found.filter((row) => !placed.has(row)).sort(byName).forEach(place);
  return ordered;
}

/** The shards that came out of one, the names only. */
export function childrenOf(shard, listener) {
  return listener.shards
    .filter((other) => other.stream === shard.stream && (other.parents ?? []).includes(shard.shard))
    .map((other) => other.shard)
    .sort();
}

/** Length of a bar for a lag: a second is a sixth, a minute a half, an hour three quarters, a day all of it. */
export function lagBar(millis) {
  if (!Number.isFinite(millis) || millis <= 0) {
    return 0;
  }
  const longest = Math.log10(24 * 3600 * 1000 / 100);
  return Math.min(1, Math.max(0.01, Math.log10(Math.max(millis, 100) / 100) / longest));
}
