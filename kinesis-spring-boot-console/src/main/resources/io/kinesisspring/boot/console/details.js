/** One shard with all that is known about it, and what can be done with it. */

import { confirm } from './confirm.js';
import { el, id, mark, setAttribute, setHidden, setText } from './dom.js';
import { ago, clock, count, duration, known, rate, UNKNOWN } from './format.js';
import { context, LAGGING, outlier, unfinishedParents, condition } from './judge.js';
import { key } from './model.js';
import { childrenOf } from './order.js';
import { reset } from './reset.js';

let opened;

/** Open the details of a shard; they follow it until they are closed. */
export function openDetails(listener, shard, state) {
  opened?.dialog.close();
  const title = id('title');
  const view = {
    listener: listener.id, key: key(shard), fields: new Map(),
    mark: mark('idle'), word: el('strong', { 'data-field': 'state' }), explanation: el('p.explanation'),
    error: el('pre.failure', { 'data-field': 'error', tabindex: '0' }), list: el('dl'), hands: el('div.hands'),
  };
  const close = el('button.quiet.close', { type: 'button', text: 'Close', on: { click: () => view.dialog.close() } });
  view.dialog = el('dialog.sheet', { 'data-details': '', 'aria-labelledby': title },
    el('header', {}, el('div', {}, el('h2', { id: title, text: shard.shard }),
      el('p.path', { text: `${shard.stream} · read by ${listener.id}` })), close),
    el('p.state', {}, view.mark, view.word), view.explanation, view.error, view.hands, view.list);
  view.dialog.addEventListener('close', () => {
    view.dialog.remove();
    opened = opened === view ? undefined : opened;
  });
  view.dialog.addEventListener('click', (event) => event.target === view.dialog && view.dialog.close());
  opened = view;
  if (state.writable) {
    view.hands.append(...hands(listener, shard));
  }
  setHidden(view.hands, !state.writable);
  document.body.append(view.dialog);
  updateDetails(state);
  view.dialog.showModal();
  close.focus();
}

function hands(listener, shard) {
  const body = { stream: shard.stream, shard: shard.shard };
  const button = (action, text, act) => el('button', {
    type: 'button', 'data-action': action, text, on: { click: act },
  });
  return [
    button('pause', 'Pause…', () => confirm(listener.id, 'pause', body)),
    button('resume', 'Resume…', () => confirm(listener.id, 'resume', body)),
    button('release', 'Release…', () => confirm(listener.id, 'release', body)),
    button('reset', 'Reset…', () => reset(listener.id, listener.streams, shard)),
  ];
}

/** Show the newest state of the shard whose details are open. */
export function updateDetails(state) {
  if (!opened) {
    return;
  }
  const view = opened;
  const listener = state.listeners.find((each) => each.id === view.listener);
  const shard = listener?.byKey.get(view.key);
  if (!shard) {
    setText(view.word, 'gone');
    setAttribute(view.mark, 'data-level', 'done');
    setText(view.explanation, 'The lease table has no such shard any more.');
    setHidden(view.hands, true);
    return;
  }
  const about = context(listener, state.received);
  const says = condition(shard, about);
  setAttribute(view.mark, 'data-level', says.level);
  setText(view.word, says.word);
  setText(view.explanation, explain(says.name, shard, about));
  setText(view.error, shard.error ?? '');
  setHidden(view.error, !shard.error);
  for (const button of view.hands.children) {
    const impossible = whyNot(button.dataset.action, shard, listener);
    button.disabled = Boolean(impossible);
    setAttribute(button, 'title', impossible);
  }
  for (const [name, text, value] of facts(shard, listener, about, state)) {
    if (!view.fields.has(name)) {
      const dd = el('dd');
      view.fields.set(name, dd);
      view.list.append(el('div', {}, el('dt', { text: name }), dd));
    }
    const dd = view.fields.get(name);
    setText(dd, text);
    setAttribute(dd, 'title', value);
  }
}

function whyNot(action, shard, listener) {
  if (shard.state === 'finished' && action !== 'reset') {
    return 'The shard is finished';
  }
  if (action === 'release' && shard.state !== 'held') {
    return 'No instance holds the shard';
  }
  if (['pause', 'resume'].includes(action) && listener.phase !== 'running') {
    return 'The listener does not run';
  }
  return undefined;
}

function explain(name, shard, { typical, byKey }) {
  switch (name) {
    case 'stopped': return 'The error handler has stopped the shard. It waits for you: resume it to try again, or '
      + 'reset it behind the record that fails.';
    case 'stalled': return 'Nothing has been finished for a long time, or one record keeps failing. It is tried again.';
    case 'failing': return 'The last attempt has failed. It is tried again, with growing pauses.';
    case 'orphan': return 'No instance has claimed the lease, although nothing stands in its way.';
    case 'lagging': return `It is more than ${duration(LAGGING)} behind the tip of the stream.`;
    case 'slow': return `Its lag is ${count(outlier(shard.millisBehindLatest, typical))} times the median of the `
      + `shards here (${duration(typical)}).`;
    case 'paused': return 'This instance has been told to pause. It keeps the lease.';
    case 'behind': return 'It is more than a minute behind.';
    case 'waiting': return `It waits until its parents are finished: ${
      unfinishedParents(shard, byKey).map((parent) => parent.shard).join(', ')}.`;
    case 'free': return 'The lease is free: an instance will claim it in a moment.';
    case 'held': return 'Another instance reads it. Lag and failures are known there alone: open the console there.';
    case 'finished': return 'It has been processed to its end.';
    default: return 'It is being read.';
  }
}

function facts(shard, listener, about, state) {
  const list = (names) => (names?.length > 0 ? names.join('\n') : UNKNOWN);
  const since = shard.since ? `${clock(shard.since)} (${ago(shard.since, state.time)})` : UNKNOWN;
  const moved = shard.movedAt !== undefined ? `${duration(Math.max(0, state.received - shard.movedAt))} ago`
    : `not seen to move for ${duration(Math.max(1000, state.received - shard.watchedSince))}`;
  const median = known(about.typical) ? ` (median here ${duration(about.typical)})` : '';
  const typical = known(about.typicalRate) ? ` (median here ${rate(about.typicalRate)})` : '';
  const waiting = shard.unacknowledged ? `${count(shard.unacknowledged)}${shard.unacknowledgedSince
    ? `, the last acknowledgment ${ago(shard.unacknowledgedSince, state.time)}` : ''}` : UNKNOWN;
  return [
    ['Lag', shard.here ? duration(shard.millisBehindLatest) + median : UNKNOWN, shard.millisBehindLatest],
    ['Records a second', shard.here ? rate(shard.recordsPerSecond) + typical : UNKNOWN],
    ['Owner', shard.owner ? `${shard.owner}${shard.here ? '\nthis instance' : ''}` : UNKNOWN],
    ['Failing since', since],
    ['Not acknowledged', waiting],
    ['Checkpoint', shard.checkpoint ?? UNKNOWN],
    ['Checkpoint moved', shard.state === 'finished' ? UNKNOWN : moved],
    ['Claimed', known(shard.epoch) ? `${count(shard.epoch)} times` : UNKNOWN],
    ['Parents', list(shard.parents)],
    ['Children', list(childrenOf(shard, listener))],
  ];
}
