/** The shards of a listener as rows, of which only those in view are in the document. */

import { el, id, keyed, mark, setAttribute, setHidden, setText } from './dom.js';
import { cause, count, duration, known, rate, shard as shardName, worker as workerName } from './format.js';
import { outlier } from './judge.js';
import { key } from './model.js';
import { lagBar, rows } from './order.js';
import { reveal, visible } from './window.js';

const COLUMNS = [
  ['state', 'State', false], ['shard', 'Shard', false], ['owner', 'Owner', false], ['lag', 'Lag', true],
  ['rate', 'Records/s', true], ['error', 'Last failure', false],
];

const SORTS = [
  ['problems', 'Problems first'], ['tree', 'Parents and children'], ['shard', 'Shard'], ['owner', 'Owner'],
  ['lag', 'Lag, largest first'], ['rate', 'Records/s, most first'], ['state', 'State'], ['error', 'Last failure'],
];

const SHOWN = [
  ['all', 'All shards'], ['problems', 'Problems'], ['open', 'Open'], ['here', 'Held here'],
  ['elsewhere', 'Held elsewhere'], ['free', 'Free'], ['finished', 'Finished'],
];

export class ShardTable {

  #options = { filter: '', show: 'all', sort: 'problems', descending: false };

  #rows = [];

  #active;

  #height = 36;

  constructor(listener, open) {
    this.listener = listener;
    this.open = open;
    this.#build(listener.id);
  }

  #build(name) {
    const option = ([value, text]) => el('option', { value, text });
    this.search = el('input', {
      type: 'search', 'data-filter': 'text', placeholder: 'Filter: shard, owner, failure', autocomplete: 'off',
      spellcheck: 'false', 'aria-label': `Filter the shards of ${name}`,
      on: { input: () => this.#choose({ filter: this.search.value }) },
    });
    this.shown = el('select', {
      'data-filter': 'show', 'aria-label': `Shards of ${name} to show`,
      on: { change: () => this.#choose({ show: this.shown.value }) },
    }, ...SHOWN.map(option));
    this.sort = el('select', {
      'data-filter': 'sort', 'aria-label': `Order of the shards of ${name}`,
      on: { change: () => this.#sortBy(this.sort.value) },
    }, ...SORTS.map(option));
    this.number = el('span.number', { 'data-field': 'shown' });
    this.held = el('span.held', { text: 'Order held while you point at it' });
    const tools = el('div.tools', {}, this.search, this.shown, this.sort, this.number, this.held);
    this.heads = COLUMNS.map(([sort, text, numeric]) => {
      const button = el('button', { type: 'button', 'data-sort': sort, text, on: { click: () => this.#sortBy(sort) } });
      return el(`div.cell.${sort}`, { role: 'columnheader', 'aria-sort': 'none', 'data-numeric': numeric }, button);
    });
    this.body = el('div.rows', { role: 'rowgroup' });
    this.empty = el('p.empty', { text: 'No shard matches.', hidden: true });
    this.table = el('div.table', { role: 'table', 'aria-label': `Shards of ${name}`, id: id('table') },
      el('div', { role: 'rowgroup', class: 'head' }, el('div.row', { role: 'row' }, ...this.heads)), this.body);
    this.scroller = el('div.scroller', { tabindex: '-1' }, this.table);
    this.element = el('div.shards', {}, tools, this.scroller, this.empty);
    this.scroller.addEventListener('scroll', () => this.#paint(), { passive: true });
    this.scroller.addEventListener('keydown', (event) => this.#move(event));
    this.body.addEventListener('focusin', (event) => {
      this.#active = event.target.closest('[data-shard]')?.row.key ?? this.#active;
    });
    new ResizeObserver(() => this.#measure()).observe(this.scroller);
  }

  #choose(options) {
    Object.assign(this.#options, options);
    this.#rows = [];
    this.#sortAndPaint();
  }

  #sortBy(sort) {
    const same = this.#options.sort === sort;
    const descending = ['lag', 'rate'].includes(sort);
    this.sort.value = sort;
    this.#choose({ sort, descending: same ? !this.#options.descending : descending });
    this.scroller.scrollTop = 0;
  }

  /** Show only what a problem is about. */
  show(filter, show) {
    this.search.value = filter;
    this.shown.value = show;
    this.sort.value = 'problems';
    this.#choose({ filter, show, sort: 'problems', descending: false });
    this.scroller.scrollTop = 0;
    this.#focus(0);
  }

  update(listener, context, workers) {
    this.listener = listener;
    this.context = context;
    this.workers = workers;
    this.#sortAndPaint();
  }

  #sortAndPaint() {
    const { sort, descending } = this.#options;
    const sorted = rows(this.listener, this.context, this.#options);
    sorted.forEach((row) => {
      row.key = key(row.shard);
    });
    const held = this.#rows.length > 0 && sort !== 'tree' && this.body.matches(':hover, :focus-within');
    this.#rows = held ? inFormerOrder(sorted, this.#rows) : sorted;
    const other = held && this.#rows.some((row, index) => row !== sorted[index]);
    setAttribute(this.held, 'data-shown', String(other));
    this.fastest = Math.max(1, ...this.#rows.map(({ shard }) => shard.recordsPerSecond ?? 0));
    const total = this.listener.shards.length;
    setText(this.number, this.#rows.length === total ? '' : `${count(this.#rows.length)} of ${count(total)}`);
    setHidden(this.empty, this.#rows.length > 0);
    setHidden(this.scroller, this.#rows.length === 0);
    setAttribute(this.table, 'aria-rowcount', this.#rows.length + 1);
    COLUMNS.forEach(([name], index) => {
      const order = sort === name ? (descending ? 'descending' : 'ascending') : 'none';
      setAttribute(this.heads[index], 'aria-sort', order);
    });
    this.#paint();
  }

  #measure() {
    const row = this.body.firstElementChild;
    if (row && row.offsetHeight > 0) {
      this.#height = row.offsetHeight;
    }
    this.#paint();
  }

  #paint() {
    const { first, last, before } = visible(this.scroller.scrollTop, this.scroller.clientHeight || 600,
      this.#height, this.#rows.length);
    this.body.style.paddingTop = `${before}px`;
    this.body.style.height = `${this.#rows.length * this.#height}px`;
    const inView = this.#rows.slice(first, last);
    const focused = this.body.contains(document.activeElement);
    const active = inView.some((row) => row.key === this.#active) ? this.#active : inView[0]?.key;
    keyed(this.body, inView, (row) => row.key, (row) => this.#create(row), (view, row, index) => {
      view.row = row;
      setAttribute(view.element, 'aria-rowindex', first + index + 2);
      setAttribute(view.button, 'tabindex', row.key === active ? 0 : -1);
      fill(view, row, this);
    });
    if (focused && !this.body.contains(document.activeElement)) {
      this.scroller.focus({ preventScroll: true });
    }
    const row = this.body.firstElementChild;
    if (row && row.offsetHeight > 0 && row.offsetHeight !== this.#height) {
      this.#height = row.offsetHeight;
      this.#paint();
    }
  }

  #create({ shard }) {
    const view = {
      mark: mark('idle'), word: el('span', { 'data-field': 'state' }), stream: el('span.stream'),
      name: el('span.name'), parents: el('span.parents'), owner: el('span', { 'data-field': 'owner' }),
      lagBar: el('span.fill'), lag: el('span', { 'data-field': 'lag' }), times: el('span.times'),
      rateBar: el('span.fill'), rate: el('span', { 'data-field': 'rate' }),
      error: el('span', { 'data-field': 'error' }),
    };
    view.button = el('button', { type: 'button', 'data-open': '', 'aria-haspopup': 'dialog' },
      view.stream, view.name, view.parents);
    const cell = (name, ...children) => el(`div.cell.${name}`, { role: 'cell' }, ...children);
    const bar = (fill) => el('span.bar', { 'aria-hidden': 'true' }, fill);
    view.element = el('div.row', { role: 'row', 'data-stream': shard.stream, 'data-shard': shard.shard },
      cell('state', view.mark, view.word), cell('shard', view.button), cell('owner', view.owner),
      cell('lag', bar(view.lagBar), view.times, view.lag), cell('rate', bar(view.rateBar), view.rate),
      cell('error', view.error));
    view.element.row = view.row = { key: key(shard) };
    view.element.addEventListener('click', () => {
      if (!String(getSelection())) {
        this.open(view.row.shard);
      }
    });
    return view;
  }

  #move(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.#height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
    const step = steps[event.key];
    if (step !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const from = this.#rows.findIndex((row) => row.key === this.#active);
      this.#focus(Math.min(this.#rows.length - 1, Math.max(0, from + step)));
    }
  }

  #focus(index) {
    const row = this.#rows[index];
    if (row) {
      this.#active = row.key;
      const head = this.table.firstElementChild.offsetHeight;
      const top = reveal(index, this.scroller.scrollTop, this.scroller.clientHeight - head, this.#height);
      if (top !== this.scroller.scrollTop) {
        this.scroller.scrollTop = top;
      }
      this.#paint();
      const scrolls = this.scroller.scrollHeight > this.scroller.clientHeight;
      this.body.views.get(row.key)?.button.focus({ preventScroll: scrolls });
    }
  }

}

/** Rows stay where they are, so that nothing slips away under a pointer; new ones come last. */
function inFormerOrder(sorted, former) {
  const places = new Map(former.map((row, index) => [row.key, index]));
  return [...sorted].sort((a, b) => (places.get(a.key) ?? 1e9) - (places.get(b.key) ?? 1e9));
}

function fill(view, { shard, condition, depth }, { listener, context, workers, fastest }) {
  setAttribute(view.element, 'data-level', condition.level);
  setAttribute(view.mark, 'data-level', condition.level);
  setText(view.word, condition.word);
  setText(view.stream, listener.streams?.length > 1 ? shard.stream : '');
  setText(view.name, shardName(shard.shard));
  setAttribute(view.button, 'title', shard.shard);
  const parents = (shard.parents ?? []).map(shardName).join(' + ');
  setText(view.parents, parents && `from ${parents}`);
  setAttribute(view.element, 'data-depth', depth);
  view.button.style.setProperty('--depth', Math.min(depth, 8));
  setText(view.owner, shard.owner ? ownerName(shard.owner, workers) : '–');
  setAttribute(view.owner, 'title', shard.owner);
  setAttribute(view.owner, 'data-here', shard.here ? 'true' : undefined);
  figure(view.lag, shard.millisBehindLatest, duration(shard.millisBehindLatest));
  figure(view.rate, shard.recordsPerSecond, rate(shard.recordsPerSecond));
  view.lagBar.style.transform = `scaleX(${lagBar(shard.millisBehindLatest)})`;
  view.rateBar.style.transform = `scaleX(${Math.min(1, (shard.recordsPerSecond ?? 0) / fastest)})`;
  const far = ['slow', 'lagging'].includes(condition.name);
  const times = far ? outlier(shard.millisBehindLatest, context.typical) : 0;
  setText(view.times, times ? `${count(times)}× median` : '');
  setText(view.error, cause(shard.error));
  setAttribute(view.error, 'title', shard.error);
}

function figure(element, value, text) {
  setText(element, text);
  setAttribute(element, 'data-value', known(value) ? value : undefined);
  setAttribute(element.parentNode, 'data-unknown', known(value) && value >= 0 ? undefined : '');
}

/** The name of a worker whose lease's owner is that name with a number behind it. */
export function ownerName(owner, workers) {
  return workers?.get(owner) ?? workers?.get(owner.replace(/-\d+$/, '')) ?? workerName(owner);
}
