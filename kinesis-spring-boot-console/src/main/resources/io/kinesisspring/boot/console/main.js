/** Brings the parts together: events change the model, the model is shown. */

import { renewToken } from './actions.js';
import { Charts } from './charts.js';
import { connect } from './connection.js';
import { openDetails, updateDetails } from './details.js';
import { keyed } from './dom.js';
import { problems } from './judge.js';
import { ListenerView } from './listener.js';
import { append, merge } from './model.js';
import { showProducer } from './producer.js';
import { showConnection, showIdentity, showProblems } from './top.js';

const root = document.documentElement;
const views = document.getElementById('listeners');

let state = null;
let samples = [];
let connection = { phase: 'connecting' };
let scheduled = false;
let palette;

/** Colours of the style sheet, for what is drawn on a canvas. */
function colours() {
  if (!palette) {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    palette = Object.fromEntries(['bad', 'warn', 'note', 'ok', 'idle', 'done', 'faint', 'line']
      .map((name) => [name, read(name)]));
    palette.ok = read('bar');
    palette.series = [1, 2, 3, 4, 5, 6].map((index) => read(`series-${index}`));
  }
  return palette;
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  palette = undefined;
  schedule();
});

const charts = new Charts(colours);

/** Show the newest state once a frame; a tab in the background keeps its title up to date. */
function schedule() {
  if (!scheduled && state) {
    scheduled = true;
    const run = () => {
      scheduled = false;
      show();
    };
    if (document.hidden) {
      setTimeout(run, 1000);
    }
    else {
      requestAnimationFrame(run);
    }
  }
}

function show() {
  performance.mark('show');
  showIdentity(state);
  showProblems(problems(state, state.received), state, go);
  keyed(views, inOrder(state.listeners), (listener) => listener.id, (listener) => new ListenerView(listener, open),
    (view, listener) => view.update(listener, state, colours()));
  showProducer(state.producer);
  updateDetails(state);
  showConnection(connection, state.received, link.retry);
  root.dataset.ready = 'true';
  performance.measure('show', 'show');
}

let order = new Map();

/** The worst first when the page opens; then they stay, so that nothing slips away. */
function inOrder(listeners) {
  if (order.size === 0) {
    const worst = new Map();
    problems(state, state.received).forEach((problem) => {
      worst.set(problem.listener, Math.min(worst.get(problem.listener) ?? 99, problem.rank));
    });
    [...listeners].sort((a, b) => (worst.get(a.id) ?? 99) - (worst.get(b.id) ?? 99) || (a.id < b.id ? -1 : 1))
      .forEach((listener) => order.set(listener.id, order.size));
  }
  listeners.filter((listener) => !order.has(listener.id)).forEach((listener) => order.set(listener.id, order.size));
  return [...listeners].sort((a, b) => order.get(a.id) - order.get(b.id));
}

function open(listener, shard) {
  openDetails(listener, shard, state);
}

/** Go to what a problem is about. */
function go(problem) {
  if (problem.listener === undefined) {
    const producer = document.getElementById('producer');
    producer.tabIndex = -1;
    producer.focus();
    producer.scrollIntoView({ block: 'start' });
    return;
  }
  const view = views.views.get(problem.listener);
  view.element.scrollIntoView({ block: 'start' });
  if (problem.shards?.length === 1) {
    view.table.show(problem.shards[0].shard, 'all');
  }
  else if (problem.shards) {
    view.table.show(problem.condition, 'problems');
  }
  else {
    view.element.tabIndex = -1;
    view.element.focus();
  }
}

let opened = 0;

let started = 0;

const link = connect({
  state(document) {
    const { instance } = state ?? {};
    state = merge(state, document, Date.now());
    if (state.listeners.some((listener) => !listener.complete) && Date.now() - started > 5000) {
      started = Date.now();
      link.retry();
    }
    if (instance !== undefined && instance !== state.instance) {
      renewToken();
    }
    schedule();
  },
  sample(sample) {
    samples = append(samples, sample);
    charts.update(samples);
  },
  async open() {
    if (opened++ > 0) {
      renewToken();
    }
    try {
      const response = await fetch('api/history', { headers: { Accept: 'application/json' } });
      if (response.ok) {
        ({ samples } = await response.json());
        charts.update(samples);
      }
    }
    catch {
      // the samples that come fill the plots
    }
  },
  change(status) {
    connection = status;
    showConnection(connection, state?.received, () => link.retry());
  },
});

const side = document.querySelector('.side');
new ResizeObserver(() => {
  if (side.scrollHeight > side.clientHeight) {
    side.tabIndex = 0;
  }
  else {
    side.removeAttribute('tabindex');
  }
}).observe(side);

setInterval(() => showConnection(connection, state?.received, () => link.retry()), 1000);
