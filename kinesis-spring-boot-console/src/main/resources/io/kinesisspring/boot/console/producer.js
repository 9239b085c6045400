/** What this instance sends: buffer, requests, and the pace of each shard. */

import { el, keyed, mark, setAttribute, setHidden, setText } from './dom.js';
import { bytes, count, counted, rate, shard as shardName } from './format.js';

/** Limited shards beyond these are counted. */
const MOST = 12;

let view;

export function showProducer(producer) {
  const section = document.getElementById('producer');
  setHidden(section, !producer);
  if (!producer) {
    return;
  }
  view ??= create(section);
  const full = producer.bufferSize > 0 ? producer.bufferUsed / producer.bufferSize : 0;
  setText(view.buffer, `${bytes(producer.bufferUsed)} of ${bytes(producer.bufferSize)}`);
  view.fill.style.transform = `scaleX(${Math.min(1, full)})`;
  setAttribute(view.bar, 'data-level', full >= 0.8 ? 'warn' : 'ok');
  setText(view.waiting, count(producer.waiting));
  setAttribute(view.waiting.parentNode, 'data-level', producer.waiting > 0 ? 'warn' : undefined);
  setText(view.records, count(producer.recordsInFlight));
  setText(view.requests, count(producer.requestsInFlight));
  keyed(view.streams, producer.streams ?? [], (stream) => stream.stream, createStream, fillStream);
}

function create(section) {
  const made = {
    buffer: el('dd', { 'data-field': 'buffer' }), records: el('dd', { 'data-field': 'records-in-flight' }),
    requests: el('dd', { 'data-field': 'requests-in-flight' }), waiting: el('dd', { 'data-field': 'waiting' }),
    fill: el('span.fill'), streams: el('div.streams'),
  };
  made.bar = el('span.bar', { 'aria-hidden': 'true' }, made.fill);
  section.append(
    el('dl.figures', {}, el('div.wide', {}, el('dt', { text: 'Buffer' }), made.buffer, made.bar),
      el('div', {}, el('dt', { text: 'Records in flight' }), made.records),
      el('div', {}, el('dt', { text: 'Requests in flight' }), made.requests),
      el('div', {}, el('dt', { text: 'Sends that wait' }), made.waiting)),
    made.streams);
  return made;
}

function createStream({ stream }) {
  const made = {
    sent: el('dd', { 'data-field': 'sent' }), refused: el('dd', { 'data-field': 'refused' }),
    failed: el('dd', { 'data-field': 'failed' }), more: el('p.help'), mark: mark('ok'),
    shards: el('ul.paces', { 'aria-label': `Pace of the shards of ${stream}` }),
  };
  made.element = el('section', { 'data-producer': stream },
    el('h3', {}, made.mark, el('span', { text: stream })),
    el('dl.figures', {}, el('div', {}, el('dt', { text: 'Records/s' }), made.sent),
      el('div', {}, el('dt', { text: 'Refused/s' }), made.refused),
      el('div', {}, el('dt', { text: 'Failed/s' }), made.failed)),
    made.shards, made.more);
  return made;
}

function fillStream(made, stream) {
  const level = stream.failedPerSecond > 0 ? 'bad'
    : stream.refusedPerSecond > 0 || stream.limitedShards > 0 ? 'warn' : 'ok';
  setAttribute(made.mark, 'data-level', level);
  setText(made.sent, rate(stream.recordsPerSecond));
  setText(made.refused, rate(stream.refusedPerSecond));
  setText(made.failed, rate(stream.failedPerSecond));
  setAttribute(made.refused.parentNode, 'data-level', stream.refusedPerSecond > 0 ? 'warn' : undefined);
  setAttribute(made.failed.parentNode, 'data-level', stream.failedPerSecond > 0 ? 'bad' : undefined);
  const shards = numbered(stream.shards ?? []).sort((a, b) => (b.limited === true) - (a.limited === true)
    || (b.waiting ?? 0) - (a.waiting ?? 0) || (b.recordsPerSecond ?? 0) - (a.recordsPerSecond ?? 0)
    || (a.shard < b.shard ? -1 : 1));
  const most = Math.max(1, ...shards.map((shard) => shard.recordsPerSecond ?? 0));
  setHidden(made.shards, shards.length === 0);
  keyed(made.shards, shards.slice(0, MOST), (shard) => shard.key, createPace, (pace, shard) => {
    setAttribute(pace.element, 'data-level', shard.limited ? 'warn' : undefined);
    setAttribute(pace.mark, 'data-level', shard.limited ? 'warn' : 'ok');
    setText(pace.name, shardName(shard.shard));
    setAttribute(pace.name, 'title', shard.shard);
    pace.fill.style.transform = `scaleX(${Math.min(1, (shard.recordsPerSecond ?? 0) / most)})`;
    setText(pace.pace, `${rate(shard.recordsPerSecond)}/s`);
    setText(pace.says, [shard.limited && 'limited', shard.waiting > 0 && `${count(shard.waiting)} wait`]
      .filter(Boolean).join(', '));
  });
  setText(made.more, shards.length > MOST ? `and ${counted(shards.length - MOST, 'more shard')}` : '');
  setHidden(made.more, shards.length <= MOST);
}

/** Several shards may be unknown: their numbers tell them apart. */
function numbered(shards) {
  const alike = new Map();
  return shards.map((shard) => {
    const number = (alike.get(shard.shard) ?? 0) + 1;
    alike.set(shard.shard, number);
    return { ...shard, key: `${shard.shard}/${number}` };
  });
}

function createPace() {
  const made = {
    mark: mark('ok'), name: el('span.name'), fill: el('span.fill'), pace: el('span.number'), says: el('span.says'),
  };
  made.element = el('li', {}, made.mark, made.name, el('span.bar', { 'aria-hidden': 'true' }, made.fill), made.pace,
    made.says);
  return made;
}
