import {
  ago, bytes, cause, clock, count, counted, duration, estimate, instant, position, process, rate, shard, worker,
  workers,
} from '/kinesis/format.js';
import { equal } from './check.js';

export const tests = {

  'counts are grouped, and unknown ones are a dash'() {
    equal([count(0), count(1234567), count(undefined), count(NaN)], ['0', '1,234,567', '–', '–']);
    equal([counted(1, 'shard'), counted(0, 'shard'), counted(2, 'entry', 'entries')],
      ['1 shard', '0 shards', '2 entries']);
  },

  'a rate that is not zero never reads as zero'() {
    equal([0, 0.04, 0.1, 9.94, 9.96, 812.4, undefined].map(rate), ['0', '< 0.1', '0.1', '9.9', '10', '812', '–']);
  },

  'a time span has the two largest units'() {
    equal([0, 999, 1000, 9949, 9951, 59_400, 60_000, 61_000, 599_000, 600_000, 3_599_000, 3_600_000, 5_400_000,
      86_400_000, 90_000_000].map(duration),
    ['0 ms', '999 ms', '1.0 s', '9.9 s', '10 s', '59 s', '1 min', '1 min 1 s', '9 min 59 s', '10 min', '59 min',
      '1 h', '1 h 30 min', '1 d', '1 d 1 h']);
  },

  'a span is rounded into the next unit, not to 60 s'() {
    equal(duration(59_600), '1 min');
  },

  'a lag before the first read is unknown'() {
    equal([duration(-1), duration(undefined), duration(null)], ['–', '–', '–']);
  },

  'bytes have binary units'() {
    equal([0, 1023, 1024, 67_108_864, 104_857_600].map(bytes), ['0 B', '1,023 B', '1.0 KiB', '64.0 MiB', '100 MiB']);
  },

  'instants come as ISO-8601, as seconds and as milliseconds'() {
    equal([instant('2026-11-23T10:00:00Z'), instant(1795428000.5), instant(1795428000500), instant('never'), instant()],
      [1795428000000, 1795428000500, 1795428000500, undefined, undefined]);
  },

  'a time of another host never lies in the future'() {
    equal([ago(2000, 1000), ago(0, 5000), ago(undefined, 5000)], ['0 ms ago', '5.0 s ago', '–']);
  },

  'a time of another day has its date'() {
    const now = new Date(2026, 10, 23, 9, 5, 7).getTime();
    equal(clock(now, now), '09:05:07');
    equal(clock(now - 24 * 3600 * 1000, now), '2026-11-22 09:05:07');
  },

  'shards are short, other names stay'() {
    equal(['shardId-000000000012', 'shardId-000000123456', 'shardId-000000000000', 'x-1', undefined].map(shard),
      ['0012', '123456', '0000', 'x-1', '–']);
  },

  'workers lose what is random, whether they are owners, workers or processes'() {
    equal(['shop-7d9f-4711-1f6d11.0f6f8f1f-12', 'shop-7d9f-4711-1f6d11.0f6f8f1f', 'shop-7d9f-4711-1f6d11', 'plain',
      undefined].map(worker), ['shop-7d9f-4711', 'shop-7d9f-4711', 'shop-7d9f-4711', 'plain', '–']);
    equal(['shop-7d9f-4711-1f6d11.0f6f8f1f-12', 'host.example.com-1-1f6d11.0f6f8f1f'].map(process),
      ['shop-7d9f-4711-1f6d11', 'host.example.com-1-1f6d11']);
  },

  'workers that would be alike are told apart'() {
    const names = ['a-1-1f6d11.0f6f8f1f', 'a-1-1f6d11.1c9f8f1f-1', 'b-1-1f6d11.0f6f8f1f-1'];
    equal([...workers(names).values()], ['a-1·0f6f', 'a-1·1c9f', 'b-1']);
  },

  'the cause is the last one, without its package'() {
    equal(cause('io.kinesisspring.KinesisException: Delivery failed; caused by a.b.C$Inner: no such customer: 42'),
      'Inner: no such customer: 42');
    equal([cause('java.lang.NullPointerException'), cause('plain words'), cause(''), cause(undefined)],
      ['NullPointerException', 'plain words', '', '']);
  },

  'a cause keeps the lines of its message'() {
    equal(cause('a.b.C: one\ntwo'), 'C: one\ntwo');
  },

  'positions that are words stay, numbers are cut'() {
    equal(
      [position('trim-horizon'), position('49590338271490256608559692538361571095921575989136588898/3'), position()],
      ['trim-horizon', '…9136588898/3', '–'],
    );
  },

  'an estimate says so'() {
    equal([estimate(1200, true), estimate(1200, false), estimate(undefined, true)],
      ['about 1,200', '1,200', 'an unknown number of']);
  },

};
