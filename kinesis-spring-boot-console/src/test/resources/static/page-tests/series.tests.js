import { columns, latest, MOST, PLOTS } from '/kinesis/series.js';
import { equal } from './check.js';

const plot = (id) => PLOTS.find((each) => each.id === id);

export const tests = {

  'a line for each listener, times in seconds'() {
    const samples = [
      { time: 5000, listeners: { a: { lag: 1 }, b: { lag: 2 } } }, { time: 10_000, listeners: { a: { lag: 3 } } },
    ];
    equal(columns(samples, plot('lag')), { names: ['a', 'b'], columns: [[5, 10], [1, 3], [2, null]], omitted: 0 });
  },

  'throughput has both directions'() {
    const samples = [
      { time: 0, listeners: { a: { recordsPerSecond: 1 } }, sent: { a: { recordsPerSecond: 2 } } },
    ];
    equal(columns(samples, plot('throughput')).names, ['a, in', 'a, out']);
  },

  'a lag before the first read leaves a gap'() {
    equal(columns([{ time: 0, listeners: { a: { lag: -1 } } }], plot('lag')).columns, [[0], [null]]);
  },

  'samples without a part have no lines'() {
    PLOTS.forEach((each) => equal(columns([{ time: 0 }], each), { names: [], columns: [[0]], omitted: 0 }));
    PLOTS.forEach((each) => equal(columns([], each).columns, [[]]));
  },

  'of many lines the largest are kept, in their order'() {
    const listeners = Object.fromEntries(Array.from({ length: MOST + 2 }, (_, i) => [`l${i}`, { lag: i }]));
    const { names, omitted } = columns([{ time: 0, listeners }], plot('lag'));
    equal([names[0], names.length, omitted], ['l2', MOST, 2]);
  },

  'the latest value is the last that is known'() {
    equal([latest([1, 0, null]), latest([null]), latest([])], [0, undefined, undefined]);
  },

};
