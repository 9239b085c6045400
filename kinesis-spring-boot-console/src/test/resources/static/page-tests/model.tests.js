import { append, instances, key, median, merge } from '/kinesis/model.js';
import { equal, shard, state } from './check.js';

const lags = (merged) => merged.listeners[0].shards.map((each) => each.millisBehindLatest);

const delta = (changedShards, removedShards) => ({
  listeners: [{ id: 'orders', phase: 'running', changedShards, removedShards }],
});

export const tests = {

  'changed shards replace those of the same stream and name'() {
    const first = merge(null, state(shard(0), shard(1)), 1);
    const second = merge(first, delta([shard(1, { millisBehindLatest: 7 })]), 2);
    equal(lags(second), [100, 7]);
    equal(first.listeners[0].byKey.get(key(shard(1))).millisBehindLatest, 100);
  },

  'new shards are added and removed ones are gone'() {
    const first = merge(null, state(shard(0), shard(1)), 1);
    const second = merge(first, delta([shard(2)], [{ stream: 'orders', shard: shard(0).shard }]), 2);
    equal(second.listeners[0].shards.map(key), [key(shard(1)), key(shard(2))]);
  },

  'a shard of the same name in another stream is another'() {
    const first = merge(null, state(shard(0), shard(0, { stream: 'clicks' })), 1);
    const second = merge(first, delta([], [{ stream: 'clicks', shard: shard(0).shard }]), 2);
    equal(second.listeners[0].shards.map((each) => each.stream), ['orders']);
  },

  'whole shards replace all'() {
    const first = merge(null, state(shard(0), shard(1)), 1);
    equal(merge(first, state(shard(5)), 2).listeners[0].shards.length, 1);
  },

  'an event without changes keeps the shards'() {
    const first = merge(null, state(shard(0)), 1);
    equal(lags(merge(first, { listeners: [{ id: 'orders', phase: 'stopped' }] }, 2)), [100]);
  },

  'changes of a listener that is unknown are not complete'() {
    equal(merge(null, delta([shard(0)]), 1).listeners[0].complete, false);
    equal(merge(null, state(), 1).listeners[0].complete, true);
  },

  'a listener that is gone is not shown'() {
    equal(merge(merge(null, state(shard(0)), 1), { listeners: [] }, 2).listeners, []);
  },

  'a free shard is free since it was first seen free'() {
    const first = merge(null, state(shard(0, { state: 'free' })), 1000);
    const second = merge(first, delta([shard(0, { state: 'free', epoch: 2 })]), 5000);
    equal(second.listeners[0].shards[0].freeSince, 1000);
    const third = merge(second, delta([shard(0)]), 6000);
    equal(third.listeners[0].shards[0].freeSince, undefined);
  },

  'a checkpoint moves when it is another'() {
    const first = merge(null, state(shard(0, { checkpoint: '1' })), 1000);
    const second = merge(first, delta([shard(0, { checkpoint: '2' })]), 2000);
    const third = merge(second, delta([shard(0, { checkpoint: '2' })]), 3000);
    equal([first, second, third].map((each) => each.listeners[0].shards[0].movedAt), [undefined, 2000, 2000]);
  },

  'the median is the middle, of numbers only'() {
    equal([median([3, 1, 2]), median([4, 1, 2, 3]), median([undefined, 5, NaN]), median([])], [2, 2.5, 5, undefined]);
  },

  'samples are appended once, and old ones go'() {
    const samples = [{ time: 0 }, { time: 5000 }];
    equal(append(samples, { time: 5000 }), samples);
    equal(append(samples, { time: 10_000 }, 8000).map((each) => each.time), [5000, 10_000]);
  },

  'instances are counted over all listeners'() {
    const worker = (name, shards = 1) => ({ name, shards });
    const first = { workers: [worker('a-1-1f6d11.00000001-1'), worker('b-1-1f6d12.00000002-1')] };
    const second = { workers: [worker('b-1-1f6d12.00000003-4'), worker('c-1-1f6d13.00000004', 0)] };
    equal(instances({ listeners: [first, second, {}] }), 2);
    equal(instances(null), 0);
  },

  'two instances in one process are two'() {
    const workers = [{ name: 'a-1-1f6d11.00000001-1', shards: 1 }, { name: 'a-1-1f6d11.00000002-1', shards: 1 }];
    equal(instances({ listeners: [{ workers }] }), 2);
  },

};
