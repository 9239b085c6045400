import { reveal, visible } from '/kinesis/window.js';
import { equal } from './check.js';

export const tests = {

  'an empty list has no rows'() {
    equal(visible(0, 600, 36, 0), { first: 0, last: 0, before: 0 });
  },

  'a short list is shown whole'() {
    equal(visible(0, 600, 36, 3), { first: 0, last: 3, before: 0 });
  },

  'rows in view are shown, with some to spare, and space for those before'() {
    equal(visible(3600, 360, 36, 1000, 5), { first: 95, last: 115, before: 95 * 36 });
  },

  'a row that is seen in part is there'() {
    equal(visible(10, 100, 36, 1000, 0), { first: 0, last: 4, before: 0 });
  },

  'what is seen has rows, and only a few more are there, wherever it is scrolled'() {
    for (let top = -50; top < 40_000; top += 777) {
      const { first, last, before } = visible(top, 500, 36, 1000);
      const seen = Math.min(Math.max(0, top), 36_000 - 500);
      equal([before, first >= 0, last <= 1000, last - first <= 27], [first * 36, true, true, true]);
      equal([before <= seen, before + (last - first) * 36 >= seen + 500], [true, true]);
    }
  },

  'a list that became shorter than where it is scrolled shows its end'() {
    const { first, last } = visible(36_000, 360, 36, 20, 0);
    equal([first, last], [10, 20]);
  },

  'a row is scrolled to only if it is not seen'() {
    equal([reveal(5, 0, 360, 36), reveal(2, 100, 360, 36), reveal(20, 0, 360, 36)], [0, 72, 396]);
  },

};
