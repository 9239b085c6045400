/** Asks where to: a reset with its preview, and a redrive. */

import { call } from './actions.js';
import { confirm } from './confirm.js';
import { el, id, setText } from './dom.js';
import { clock, count, counted, estimate, known, position as positionText, shard as shardName } from './format.js';

const OLDEST = { value: 'trim-horizon', label: 'Oldest record', help: 'everything that the stream still has' };
const LATEST = { value: 'latest', label: 'Latest', help: 'skips all that is there now' };
const AGO = { value: 'ago', label: 'Some time ago', input: { placeholder: '1h', value: '1h', size: 8 } };
const INSTANT = { value: 'instant', label: 'A point in time', input: { type: 'datetime-local', step: 1 } };
const SEQUENCE = { value: 'sequence', label: 'After a sequence number', input: { placeholder: '4959…', size: 24 } };
const CONTINUE = { value: '', label: 'Behind the last redrive', help: 'the dead letters that are new' };

/** Radio buttons for a position, some with a field of their own. */
function positions(choices) {
  const name = 'position';
  const fields = new Map();
  const group = el('fieldset', {}, el('legend', { text: 'Start at' }));
  choices.forEach((choice, index) => {
    const radio = el('input', { type: 'radio', name, value: choice.value, id: id('p'), checked: index === 0 });
    const row = el('div.choice', {}, radio, el('label', { for: radio.id, text: choice.label }));
    if (choice.help) {
      row.append(el('span.help', { text: choice.help }));
    }
    if (choice.input) {
      const field = el('input', { type: 'text', 'aria-label': choice.label, spellcheck: 'false', ...choice.input });
      field.addEventListener('focus', () => {
        radio.checked = true;
      });
      fields.set(choice.value, field);
      row.append(field);
    }
    group.append(row);
  });
  const chosen = () => group.querySelector('input[type="radio"]:checked').value;
  const value = () => {
    const field = fields.get(chosen());
    if (!field) {
      return chosen();
    }
    const text = field.value.trim();
    return chosen() === 'instant' && text ? new Date(text).toISOString() : text;
  };
  return { group, value, optional: () => chosen() === '' };
}

/** Ask where to reset, show what that means, and reset. */
export function reset(listener, streams, shard) {
  const all = streams.length === 1 ? { stream: streams[0] } : {};
  const body = shard ? { stream: shard.stream, shard: shard.shard } : all;
  const choices = [OLDEST, AGO, INSTANT, LATEST, ...(shard ? [SEQUENCE] : [])];
  const { group, value } = positions(choices);
  const stream = el('select', { id: id('s') }, ...streams.map((name) => el('option', { text: name, value: name })));
  const button = el('button.quiet', { type: 'button', 'data-confirm': 'preview', text: 'Show what this means' });
  const result = el('div.preview', { 'data-field': 'preview', role: 'status' });
  const element = el('div.form', {},
    !shard && streams.length > 1
      && el('p.choice', {}, el('label', { for: stream.id, text: 'Stream' }), stream),
    group, button, result);
  let seen;
  let changed = () => {};
  const values = () => ({ ...(shard ? {} : { stream: stream.value }), position: value() });

  async function preview() {
    const asked = JSON.stringify(values());
    button.disabled = true;
    setText(result, 'Looking at the stream…');
    try {
      const answer = await call(listener, 'preview', { ...body, ...values() });
      if (asked === JSON.stringify(values())) {
        seen = { asked, answer };
        result.replaceChildren(...meaning(answer));
      }
    }
    catch (error) {
      seen = undefined;
      result.replaceChildren(el('p.reason', { text: error.message }));
    }
    finally {
      button.disabled = false;
      changed();
    }
  }

  const outdated = () => {
    if (seen && seen.asked !== JSON.stringify(values())) {
      seen = undefined;
      setText(result, '');
    }
    changed();
  };
  button.addEventListener('click', preview);
  element.addEventListener('input', outdated);
  confirm(listener, 'reset', body, {
    element, values, watch: (listenerOf) => {
      changed = listenerOf;
    },
    ready: () => seen !== undefined,
    verb: () => (seen && ['skipped', 'mixed'].includes(direction(seen.answer)) ? 'Reset and skip records' : 'Reset'),
  });
}

/** Of all shards together; `mixed` if they go both ways. */
function direction({ direction: whole, shards = [] }) {
  const ways = new Set(shards.map((shard) => shard.direction).filter((way) => way !== 'none'));
  if (ways.size === 0) {
    return whole ?? 'none';
  }
  return ways.size === 1 ? [...ways][0] : ways.has('skipped') ? 'mixed' : (whole ?? 'unknown');
}

function meaning(answer) {
  const shards = [...(answer.shards ?? [])].sort((a, b) => (a.shard < b.shard ? -1 : 1));
  const sums = sum(shards);
  const lines = [];
  if (sums.again.shards > 0) {
    lines.push(el('p.sum', {}, el('strong', { text: `${sentenceOf(sums.again)} again` }),
      `, on ${counted(sums.again.shards, 'shard')}.`));
  }
  if (sums.skipped.shards > 0) {
    lines.push(el('p.sum', { 'data-level': 'bad' }, el('strong', { text: `${sentenceOf(sums.skipped)} skipped` }),
      `, on ${counted(sums.skipped.shards, 'shard')}: the listener will not get them.`));
  }
  if (sums.unknown.shards > 0) {
    lines.push(el('p.sum', { 'data-level': 'warn',
      text: `What it means for ${counted(sums.unknown.shards, 'shard')} is unknown.` }));
  }
  if (lines.length === 0) {
    lines.push(el('p.sum', { text: 'Nothing: the checkpoints are there already.' }));
  }
  const detail = el('details', {}, el('summary', { text: `By shard (${count(shards.length)})` }),
    el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': 'Preview by shard' }, table(shards)));
  return shards.length > 0 ? [...lines, detail] : lines;
}

function sentenceOf({ records, estimated, partly }) {
  const some = records === undefined ? 'an unknown number of' : estimate(records, estimated);
  const text = `${partly ? 'at least ' : ''}${some} ${records === 1 ? 'record' : 'records'}`;
  return text[0].toUpperCase() + text.slice(1);
}

function sum(shards) {
  const sums = { again: { shards: 0 }, skipped: { shards: 0 }, unknown: { shards: 0 }, none: { shards: 0 } };
  for (const shard of shards) {
    const into = sums[shard.direction] ?? sums.unknown;
    into.shards++;
    into.estimated ||= shard.estimated === true;
    if (known(shard.records)) {
      into.records = (into.records ?? 0) + shard.records;
    }
    else {
      into.partly = into.records !== undefined || into.shards > 1;
    }
  }
  for (const into of Object.values(sums)) {
    into.partly &&= into.records !== undefined;
  }
  return sums;
}

const WAYS = { again: 'again', skipped: 'skipped', none: 'no change', unknown: 'unknown' };

/** A stream of 10,000 shards would make a page of its own. */
const LONGEST = 200;

function table(shards) {
  const time = (at, text) => (at === undefined ? positionText(text) : clock(at));
  const body = el('tbody', {}, ...shards.slice(0, LONGEST).map((shard) => el('tr', {},
    el('th', { scope: 'row', text: shardName(shard.shard), title: shard.shard }),
    el('td', { text: time(shard.fromTime, shard.from), title: shard.from }),
    el('td', { text: time(shard.toTime, shard.to), title: shard.to }),
    el('td', { text: WAYS[shard.direction] ?? shard.direction ?? '' }),
    el('td.number', { text: (shard.estimated && known(shard.records) ? '≈ ' : '') + count(shard.records) }))));
  const more = shards.length - LONGEST;
  return el('table', {}, el('thead', {}, el('tr', {},
    ...['Shard', 'From', 'To', 'Records are', 'Records'].map((text) => el('th', { scope: 'col', text })))), body,
  more > 0 && el('caption', { text: `and ${counted(more, 'more shard')}` }));
}

/** Ask which dead letters, and redrive them. */
export function redrive(listener) {
  const { group, value, optional } = positions([CONTINUE, OLDEST, AGO, INSTANT]);
  const stream = el('input', { type: 'text', id: id('s'), spellcheck: 'false', autocomplete: 'off' });
  const help = el('span.help', { id: id('h'), text: 'may be left empty if the listener has exactly one' });
  stream.setAttribute('aria-describedby', help.id);
  const element = el('div.form', {},
    el('p.choice', {}, el('label', { for: stream.id, text: 'Dead-letter stream' }), stream, help), group);
  confirm(listener, 'redrive', {}, {
    element, ready: () => true, watch: () => {},
    values: () => ({
      ...(stream.value.trim() ? { stream: stream.value.trim() } : {}), ...(optional() ? {} : { position: value() }),
    }),
  });
}
