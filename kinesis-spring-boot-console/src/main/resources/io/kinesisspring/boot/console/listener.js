/** A listener: what it is, who holds its shards, what can be done with it, and its shards. */

import { confirm } from './confirm.js';
import { el, id, keyed, mark, setAttribute, setHidden, setText } from './dom.js';
import { cause, clock, count, counted, duration, rate, UNKNOWN, workers as workerNames } from './format.js';
import { context } from './judge.js';
import { redrive, reset } from './reset.js';
import { Skyline } from './skyline.js';
import { ShardTable } from './table.js';

const PHASES = { running: 'ok', starting: 'note', stopped: 'note', failed: 'bad' };

/** More instances than these are shown on demand. */
const MOST_WORKERS = 8;

const FIGURES = [
  ['lag', 'Largest lag here'], ['rate', 'Records/s here'], ['held', 'Shards here'], ['stopped', 'Stopped'],
  ['stalled', 'Stalled'], ['paused', 'Paused'],
];

export class ListenerView {

  constructor(listener, open) {
    this.listener = listener;
    const title = id('listener');
    this.mark = mark('idle');
    this.phase = el('span', { 'data-field': 'phase' });
    this.about = el('p.about');
    this.hands = el('div.hands');
    this.error = el('p.failure', { 'data-field': 'listener-error', hidden: true });
    this.figures = new Map(FIGURES.map(([name, text]) => [name, figure(name, text)]));
    this.workers = el('ul.workers', { 'aria-label': `Instances that hold shards of ${listener.id}` });
    this.more = el('button.quiet.more', {
      type: 'button', 'aria-expanded': 'false', hidden: true, on: { click: () => this.#expand() },
    });
    this.none = el('p.help', { text: 'No leases yet.', hidden: true });
    this.redrives = el('ul.redrives', { 'aria-label': `Redrives of ${listener.id}` });
    this.skyline = new Skyline((shard) => open(this.listener, shard));
    this.table = new ShardTable(listener, (shard) => open(this.listener, shard));
    this.element = el('section.listener', { 'data-listener': listener.id, 'aria-labelledby': title },
      el('header', {}, el('div.title', {}, el('h2', { id: title, text: listener.id }),
        el('p.phase', {}, this.mark, this.phase), this.about), this.hands),
      this.error,
      el('div.overview', {}, el('dl.figures', {}, ...[...this.figures.values()].map((each) => each.element)),
        el('div.holders', {}, this.workers, this.more)),
      this.redrives, this.none, this.skyline.element, this.table.element);
  }

  update(listener, state, colours) {
    this.listener = listener;
    const about = context(listener, state.received);
    setAttribute(this.mark, 'data-level', PHASES[listener.phase] ?? 'idle');
    setText(this.phase, listener.phase ?? 'unknown');
    const streams = listener.streams ?? [];
    setText(this.about, [
      streams.length === 1 && streams[0] === listener.id ? undefined : `reads ${streams.join(', ')}`,
      listener.application && `as ${listener.application}`,
      listener.since && `since ${clock(listener.since)}`,
    ].filter(Boolean).join(', '));
    setText(this.error, listener.error ? cause(listener.error) : '');
    setAttribute(this.error, 'title', listener.error);
    setHidden(this.error, !listener.error);
    this.#showHands(listener, state.writable);
    this.#showFigures(listener);
    this.#showWorkers(listener);
    this.#showRedrives(listener, state);
    const none = listener.shards.length === 0;
    setHidden(this.none, !none);
    setHidden(this.skyline.element, none);
    setHidden(this.table.element, none);
    this.skyline.update(listener, about, colours);
    this.table.update(listener, about, this.names);
  }

  #showHands(listener, writable) {
    if (Boolean(writable) !== this.writable) {
      this.writable = Boolean(writable);
      const button = (action, text, act) => el('button', {
        type: 'button', 'data-action': action, text, 'aria-label': `${text.replace('…', '')} ${listener.id}`,
        on: { click: act },
      });
      this.hands.replaceChildren(...(writable ? [
        button('pause', 'Pause…', () => confirm(this.listener.id, 'pause', {})),
        button('resume', 'Resume…', () => confirm(this.listener.id, 'resume', {})),
        button('reset', 'Reset…', () => reset(this.listener.id, this.listener.streams)),
        button('redrive', 'Redrive…', () => redrive(this.listener.id)),
      ] : []));
    }
    for (const button of this.hands.children) {
      const stopped = ['pause', 'resume'].includes(button.dataset.action) && listener.phase !== 'running';
      button.disabled = stopped;
      setAttribute(button, 'title', stopped ? 'The listener does not run' : undefined);
    }
  }

  #showFigures(listener) {
    const open = listener.shards.filter((shard) => shard.state !== 'finished').length;
    const values = {
      lag: listener.held > 0 ? [duration(listener.maxMillisBehindLatest), listener.maxMillisBehindLatest] : [UNKNOWN],
      rate: [rate(listener.recordsPerSecond), listener.recordsPerSecond],
      held: [`${count(listener.held)} of ${count(open)}`, listener.held],
      stopped: [count(listener.stopped), listener.stopped],
      stalled: [count(listener.stalled), listener.stalled],
      paused: [count(listener.paused), listener.paused],
    };
    for (const [name, [text, value]] of Object.entries(values)) {
      const { number, element } = this.figures.get(name);
      setText(number, text);
      setAttribute(number, 'data-value', value);
      const remarkable = ['stopped', 'stalled', 'paused'].includes(name) && value > 0;
      setAttribute(element, 'data-level', remarkable ? (name === 'paused' ? 'note' : 'bad') : undefined);
    }
  }

  #showWorkers(listener) {
    const workers = [...(listener.workers ?? [])].sort((a, b) => b.here - a.here || b.shards - a.shards);
    this.names = workerNames(workers.map((worker) => worker.name));
    const most = Math.max(1, ...workers.map((worker) => worker.shards));
    const shown = this.expanded ? workers : workers.slice(0, MOST_WORKERS);
    keyed(this.workers, shown, (worker) => worker.name, createWorker, (view, worker) => {
      setText(view.name, this.names.get(worker.name));
      setAttribute(view.name, 'title', worker.name);
      setText(view.here, worker.here ? 'this instance' : '');
      setText(view.shards, counted(worker.shards, 'shard'));
      view.fill.style.transform = `scaleX(${worker.shards / most})`;
      setAttribute(view.element, 'data-here', worker.here ? 'true' : undefined);
    });
    setHidden(this.more, workers.length <= MOST_WORKERS);
    setText(this.more, this.expanded ? 'Fewer' : `${counted(workers.length - MOST_WORKERS, 'more instance')}`);
  }

  #expand() {
    this.expanded = !this.expanded;
    setAttribute(this.more, 'aria-expanded', String(this.expanded));
    this.#showWorkers(this.listener);
  }

  #showRedrives(listener, state) {
    const redrives = listener.redrives ?? [];
    setHidden(this.redrives, redrives.length === 0);
    keyed(this.redrives, redrives, (each) => each.stream, (each) => createRedrive(each, listener), (view, each) => {
      const percent = Math.round((each.fraction ?? 0) * 100);
      setText(view.state, `${each.state}: ${counted(each.redriven ?? 0, 'dead letter')} sent back, ${
        count(each.left ?? 0)} left`);
      view.progress.value = percent;
      setText(view.percent, `${percent} %`);
      setText(view.error, each.error ? cause(each.error) : each.leftRecords?.[0]
        ? `The first that is left: ${each.leftRecords[0].reason}` : '');
      setHidden(view.stop, each.state !== 'running' || !state.writable);
      if (!state.writable) {
        view.stop.remove();
      }
    });
  }

}

function figure(name, text) {
  const number = el('dd', { 'data-field': name });
  return { number, element: el('div', {}, el('dt', { text }), number) };
}

function createWorker() {
  const view = { name: el('span.name'), here: el('span.here'), shards: el('span.number'), fill: el('span.fill') };
  view.element = el('li', {}, el('span.line', {}, view.name, ' ', view.here, ' ', view.shards),
    el('span.bar', { 'aria-hidden': 'true' }, view.fill));
  return view;
}

function createRedrive({ stream }, listener) {
  const label = id('redrive');
  const view = {
    state: el('span.what'), percent: el('span.number'), error: el('span.why'),
    progress: el('progress', { max: 100, 'aria-labelledby': label }),
  };
  view.stop = el('button', {
    type: 'button', 'data-action': 'stop-redrive', text: 'Stop redrive…',
    on: { click: () => confirm(listener.id, 'stop-redrive', { stream }) },
  });
  view.element = el('li', {}, el('strong', { id: label, text: `Redrive of ${stream}` }), ' ', view.state,
    view.progress, view.percent, view.error, view.stop);
  return view;
}
