/** The head of the page: whose it is, whether it is live, and what is wrong. */

import { el, keyed, mark, setAttribute, setHidden, setText, announce } from './dom.js';
import { clock, counted, duration, worker } from './format.js';
import { instances } from './model.js';

/** Older than this, figures say so. */
const OLD = 3500;

const field = (name) => document.querySelector(`[data-field="${name}"]`);

export function showIdentity(state) {
  setText(field('application'), state.application ?? '');
  const name = field('instance');
  setText(name, worker(state.instance));
  setAttribute(name, 'title', state.instance);
  const others = instances(state);
  setText(field('fleet'), others > 0 ? `${counted(others, 'instance')} ${others === 1 ? 'holds' : 'hold'} shards` : '');
  const readOnly = field('read-only');
  setHidden(readOnly, state.writable !== false);
  setText(readOnly, 'Read-only: your access allows no changes');
  setAttribute(readOnly, 'title', 'management.endpoint.kinesis.access is not “unrestricted”, or you lack the role');
}

/** How fresh the figures are; called each second. */
export function showConnection(connection, received, retry) {
  const now = Date.now();
  const age = received === undefined ? undefined : now - received;
  const live = connection.phase === 'live' && age < OLD;
  const root = document.documentElement;
  setAttribute(root, 'data-connected', String(connection.phase === 'live'));
  setAttribute(root, 'data-stale', String(received !== undefined && !live));
  const place = document.querySelector('.connection');
  setAttribute(place, 'data-phase', live ? 'live' : connection.phase === 'live' ? 'late' : connection.phase);
  setText(field('connection'), summary(connection, live, age, received));
  showOutage(connection, age, retry);
}

function summary(connection, live, age, received) {
  if (live) {
    return `Live ${clock(received)}`;
  }
  const old = age === undefined ? '' : `, ${duration(age)} old`;
  switch (connection.phase) {
    case 'live': return `Late${old}`;
    case 'down': return `Disconnected${old}`;
    case 'asleep': return `Asleep${old}`;
    default: return 'Connecting…';
  }
}

let outage;

function showOutage(connection, age, retry) {
  const place = document.getElementById('outage');
  const down = connection.phase === 'down';
  if (!down) {
    if (outage && connection.phase === 'live') {
      announce('Connected again');
    }
    outage = undefined;
    setHidden(place, true);
    return;
  }
  if (!outage) {
    const text = el('p');
    const detail = el('p.detail', { 'aria-live': 'off' });
    const button = el('button', { type: 'button', text: 'Try now', on: { click: retry } });
    place.replaceChildren(mark('bad'), el('div', {}, text, detail), button);
    outage = { text, detail };
    setHidden(place, false);
  }
  setText(outage.text, `Disconnected since ${clock(connection.since)}`);
  const next = Math.max(0, Math.ceil((connection.next - Date.now()) / 1000));
  const again = next > 0 ? `Trying again in ${next} s.` : 'Trying again…';
  const old = age === undefined ? 'There are no figures yet. ' : `The figures are ${duration(age)} old. `;
  setText(outage.detail, `${connection.reason ? `${connection.reason}. ` : ''}${old}${again}`);
}

/** What is wrong, each with a way to it. */
export function showProblems(problems, state, go) {
  const section = document.getElementById('problems');
  const bad = problems.filter((problem) => problem.level === 'bad').length;
  const level = bad > 0 ? 'bad' : problems.length > 0 ? 'warn' : 'ok';
  setAttribute(section, 'data-level', level);
  setText(section.querySelector('h2'), problems.length > 0 ? counted(problems.length, 'problem')
    : state.listeners.length > 0 ? 'No problems seen' : 'No listeners in this application');
  keyed(section.querySelector('ul'), problems, (problem) => `${problem.listener}\n${problem.condition}\n`
    + `${problem.condition ? problem.cause : problem.text}`, createProblem, (view, problem) => {
    view.problem = problem;
    view.go = go;
    setAttribute(view.mark, 'data-level', problem.level);
    setText(view.where, problem.listener ?? 'producer');
    setText(view.what, problem.text);
    setText(view.why, problem.cause);
    setHidden(view.why, !problem.cause);
  });
  if (problems.length > many) {
    announce(`${counted(problems.length, 'problem')}. ${problems[0].listener ?? 'Producer'}: ${problems[0].text}`);
  }
  many = problems.length;
  document.title = `${problems.length > 0 ? `(${problems.length}) ` : ''}Kinesis${
    state.application ? ` · ${state.application}` : ''}`;
  showIcon(level);
}

let many = 0;

function createProblem() {
  const view = { mark: mark('bad'), where: el('span.where'), what: el('span.what'), why: el('span.why') };
  const button = el('button', { type: 'button', on: { click: () => view.go(view.problem) } },
    view.mark, el('span.text', {}, view.where, ' ', view.what, ' ', view.why));
  view.element = el('li', { 'data-problem': '' }, button);
  return view;
}

const SHAPES = {
  ok: ['%23178a5a', '<circle cx="8" cy="8" r="5"/>'],
  warn: ['%23c77700', '<path d="M8 1.5 15 14H1z"/>'],
  bad: ['%23c62828', '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/>'],
};

let shown;

/** The tab tells how things are, too. */
function showIcon(level) {
  if (shown !== level) {
    shown = level;
    const [colour, shape] = SHAPES[level];
    document.querySelector('link[rel="icon"]').href = 'data:image/svg+xml,'
      + `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${colour}">${shape}</svg>`;
  }
}
