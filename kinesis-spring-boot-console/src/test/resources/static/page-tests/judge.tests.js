import { context, outlier, problems, condition } from '/kinesis/judge.js';
import { merge } from '/kinesis/model.js';
import { equal, shard, state } from './check.js';

const NOW = 100_000;

function names(...shards) {
  const merged = merge(null, state(...shards), NOW);
  const about = context(merged.listeners[0], NOW);
  return merged.listeners[0].shards.map((each) => condition(each, about).name);
}

function found(event, now = NOW) {
  return problems(merge(null, event, now), now)
    .map(({ listener, level, text, cause }) => [listener, level, text, cause]);
}

export const tests = {

  'a shard that is read is fine'() {
    equal(names(shard(0)), ['reading']);
  },

  'what the error handler stopped is worse than all else'() {
    equal(names(shard(0, { activity: 'stopped', stalled: true, error: 'x', millisBehindLatest: 9e9 })), ['stopped']);
  },

  'stalled, failing, lagging and behind'() {
    equal(names(shard(0, { stalled: true, error: 'x' }), shard(1, { error: 'x' }),
      shard(2, { millisBehindLatest: 600_000 }), shard(3, { millisBehindLatest: 60_000 })),
    ['stalled', 'failing', 'lagging', 'behind']);
  },

  'a pause is no problem, whatever the lag'() {
    equal(names(shard(0, { activity: 'paused', millisBehindLatest: 9e9 })), ['paused']);
    equal(found(state(shard(0, { activity: 'paused', stalled: true, millisBehindLatest: 9e9 }))), []);
  },

  'a shard elsewhere is not judged'() {
    equal(names(shard(0, { here: false, activity: undefined, millisBehindLatest: undefined })), ['held']);
  },

  'a child waits for its parent and is no problem'() {
    const child = shard(2, { state: 'free', here: false, parents: [shard(1).shard] });
    equal(names(shard(1), { ...child, freeSince: 0 }), ['reading', 'waiting']);
  },

  'a free shard is a problem only after some time, and if nothing stands in its way'() {
    const free = shard(0, { state: 'free', here: false });
    const first = merge(null, state(free), NOW);
    const about = (now) => condition(first.listeners[0].shards[0], context(first.listeners[0], now)).name;
    equal([about(NOW), about(NOW + 14_999), about(NOW + 15_000)], ['free', 'free', 'orphan']);
  },

  'a finished parent does not hold back its child'() {
    const parent = shard(0, { state: 'finished' });
    equal(names(parent, shard(1, { state: 'free', parents: [parent.shard] })), ['finished', 'free']);
  },

  'an outlier is far above the median of several, and not merely above'() {
    equal(names(shard(0), shard(1), shard(2), shard(3, { millisBehindLatest: 30_000 })).at(-1), 'slow');
    equal(names(shard(0), shard(1), shard(2), shard(3, { millisBehindLatest: 4000 })).at(-1), 'reading');
    equal(names(shard(0), shard(1, { millisBehindLatest: 30_000 })).at(-1), 'reading');
  },

  'if all are slow, none is an outlier'() {
    equal(names(...[0, 1, 2, 3].map((i) => shard(i, { millisBehindLatest: 50_000 }))),
      ['reading', 'reading', 'reading', 'reading']);
  },

  'a tiny median does not make everything an outlier'() {
    equal([outlier(9999, 1), outlier(10_000, 1), outlier(10_000, 2001), outlier(10_000, undefined)], [0, 10, 0, 0]);
  },

  'problems of one kind and cause stand together'() {
    const failed = (number, error) => shard(number, { activity: 'stopped', error });
    equal(found(state(failed(0, 'a.B: x'), failed(1, 'a.B: x'), failed(2, 'a.C: y'))), [
      ['orders', 'bad', '2 shards stopped by a failure: 0000, 0001', 'B: x'],
      ['orders', 'bad', '1 shard stopped by a failure: 0002', 'C: y'],
    ]);
  },

  'many shards are named by the first'() {
    const [[, , text]] = found(state(...[0, 1, 2, 3, 4].map((i) => shard(i, { stalled: true }))));
    equal(text, '5 shards without progress: 0000, 0001, 0002 and 2 more');
  },

  'a failed listener comes first'() {
    const event = state(shard(0, { activity: 'stopped', error: 'a.B: x' }));
    event.listeners.push({ id: 'audit', phase: 'failed', error: 'a.Denied: no', shards: [] });
    equal(found(event)[0], ['audit', 'bad', 'The listener has failed', 'Denied: no']);
  },

  'a listener that was stopped on purpose is no problem'() {
    equal(found({ listeners: [{ id: 'audit', phase: 'stopped', shards: [] }] }), []);
  },

  'a lease table that cannot be read is a problem'() {
    const event = state(shard(0));
    event.listeners[0].leasesError = 'a.Throttled: slow down';
    equal(found(event).map(([, level, , cause]) => [level, cause]), [['warn', 'Throttled: slow down']]);
  },

  'the producer reports what it cannot get rid of'() {
    const producer = {
      bufferUsed: 80, bufferSize: 100, waiting: 3,
      streams: [{ stream: 'orders', failedPerSecond: 1, limitedShards: 2 }, { stream: 'calm', failedPerSecond: 0 }],
    };
    equal(found({ listeners: [], producer }).map(([, level, text]) => [level, text]), [
      ['bad', 'Sends to orders fail'],
      ['warn', 'The send buffer is 80 % full: senders are about to wait'],
      ['warn', '3 sends wait for room in the buffer'],
      ['warn', 'orders: 2 shards take less than is sent'],
    ]);
    equal(found({ listeners: [], producer: { bufferUsed: 79, bufferSize: 100 } }), []);
  },

};
