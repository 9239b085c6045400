import { context } from '/kinesis/judge.js';
import { merge } from '/kinesis/model.js';
import { childrenOf, lagBar, rows, tree } from '/kinesis/order.js';
import { equal, shard, state } from './check.js';

const id = (number) => shard(number).shard;

function listener(...shards) {
  return merge(null, state(...shards), 0).listeners[0];
}

function order(shards, options) {
  const of = listener(...shards);
  return rows(of, context(of, 0), options).map((row) => Number(row.shard.shard.slice(-4)));
}

function nested(...shards) {
  return tree(shards.map((each) => ({ shard: each, depth: 0 })))
    .map((row) => `${'-'.repeat(row.depth)}${Number(row.shard.shard.slice(-4))}`);
}

export const tests = {

  'problems come first, the largest lag first among them, finished shards last'() {
    equal(order([shard(0, { state: 'finished' }), shard(1), shard(2, { error: 'x' }),
      shard(3, { millisBehindLatest: 700_000 }), shard(4, { activity: 'stopped' }),
      shard(5, { millisBehindLatest: 9_000_000 })]), [4, 2, 5, 3, 1, 0]);
  },

  'shards that are fine stay in their order while their lags change'() {
    equal(order([shard(0, { millisBehindLatest: 10 }), shard(1, { millisBehindLatest: 400 })]), [0, 1]);
  },

  'shards with problems change places only if their lags differ much'() {
    const two = (...lags) => order(lags.map((lag, index) => shard(index, { millisBehindLatest: lag })));
    equal([two(700_000, 900_000), two(700_000, 1_500_000)], [[0, 1], [1, 0]]);
  },

  'columns sort both ways, and equal ones by name'() {
    const shards = [shard(2, { millisBehindLatest: 5 }), shard(1, { millisBehindLatest: 5 }),
      shard(0, { millisBehindLatest: 1 })];
    equal(order(shards, { sort: 'lag', descending: true }), [1, 2, 0]);
    equal(order(shards, { sort: 'lag' }), [0, 1, 2]);
    equal(order(shards, { sort: 'shard', descending: true }), [2, 1, 0]);
  },

  'unknown lags are below all known ones'() {
    equal(order([shard(0, { here: false, millisBehindLatest: undefined }), shard(1, { millisBehindLatest: -1 })],
      { sort: 'lag', descending: true }), [1, 0]);
  },

  'all words of the filter must be found, in whatever field'() {
    const shards = [shard(0, { owner: 'host-a' }), shard(1, { owner: 'host-b', error: 'a.B: Timed out' }), shard(2)];
    equal(order(shards, { filter: 'HOST timed' }), [1]);
    equal(order(shards, { filter: '000000000002' }), [2]);
    equal(order(shards, { filter: 'nothing such' }), []);
    equal(order(shards, { filter: 'reading' }), [0, 2]);
  },

  'the kinds of shards to show'() {
    const shards = [shard(0), shard(1, { here: false }), shard(2, { state: 'free', here: false }),
      shard(3, { state: 'finished', here: false }), shard(4, { stalled: true })];
    const shown = (show) => order(shards, { show, sort: 'shard' });
    equal(['all', 'problems', 'open', 'here', 'elsewhere', 'free', 'finished'].map(shown),
      [[0, 1, 2, 3, 4], [4], [0, 1, 2, 4], [0, 4], [1], [2], [3]]);
  },

  'children stand below their parent'() {
    equal(nested(shard(3, { parents: [id(0)] }), shard(1), shard(0), shard(2, { parents: [id(0)] }),
      shard(4, { parents: [id(2)] })), ['0', '-2', '--4', '-3', '1']);
  },

  'the child of a merge stands once, below the first of its parents'() {
    equal(nested(shard(0), shard(1), shard(2, { parents: [id(1), id(0)] })), ['0', '-2', '1']);
  },

  'a shard whose parents are gone is a root'() {
    equal(nested(shard(2, { parents: [id(0)] }), shard(3, { parents: [id(2)] })), ['2', '-3']);
  },

  'a loop loses nothing'() {
    equal(nested(shard(0, { parents: [id(1)] }), shard(1, { parents: [id(0)] }), shard(2, { parents: [id(2)] })).sort(),
      ['-1', '0', '2']);
  },

  'a thousand generations do not overflow the stack'() {
    const shards = Array.from({ length: 20_000 }, (_, i) => shard(i, { parents: i > 0 ? [id(i - 1)] : [] }));
    equal(tree(shards.map((each) => ({ shard: each, depth: 0 }))).at(-1).depth, 19_999);
  },

  'streams with shards of the same name are two trees'() {
    const other = { stream: 'clicks' };
    equal(nested(shard(0), shard(1, { parents: [id(0)] }), shard(0, other), shard(1, { ...other, parents: [id(0)] })),
      ['0', '-1', '0', '-1']);
  },

  'children are found by their parents'() {
    const of = listener(shard(0), shard(2, { parents: [id(0)] }), shard(1, { parents: [id(0)] }), shard(3));
    equal(childrenOf(of.shards[0], of), [id(1), id(2)]);
  },

  'the bar of a lag grows with it, from nothing to a day'() {
    const bars = [undefined, -1, 0, 100, 1000, 60_000, 3_600_000, 86_400_000, 9e9].map(lagBar);
    equal([bars[0], bars[1], bars[2], bars[7], bars[8]], [0, 0, 0, 1, 1]);
    equal(bars.every((bar, index) => index === 0 || bar >= bars[index - 1]), true);
    equal(bars[3] > 0 && bars[4] > bars[3] && bars[5] > bars[4] && bars[6] > bars[5] && bars[7] > bars[6], true);
  },

};
