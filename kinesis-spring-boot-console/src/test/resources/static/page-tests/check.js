/** Assertions of the tests. */

export function equal(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) {
    throw new Error(`expected ${right} but was ${left}`);
  }
}

/** A state as the first event has it. */
export function state(...shards) {
  return { listeners: [{ id: 'orders', streams: ['orders'], phase: 'running', shards }] };
}

/** A shard that is read here. */
export function shard(number, more = {}) {
  return {
    stream: 'orders', shard: `shardId-${String(number).padStart(12, '0')}`, state: 'held', here: true,
    owner: 'shop-1', activity: 'reading', stalled: false, millisBehindLatest: 100, checkpoint: '1', parents: [],
    ...more,
  };
}
