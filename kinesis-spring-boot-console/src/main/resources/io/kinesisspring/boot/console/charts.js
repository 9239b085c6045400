/** The plots of the last minutes, drawn by uPlot. Their legends are text. */

import { el, keyed, setAttribute, setHidden, setText } from './dom.js';
import { clock, count, duration, rate } from './format.js';
import { columns, latest, PLOTS } from './series.js';

const HEIGHT = 112;

const WINDOW = 15 * 60;

/** Lines differ in their dashes, too. */
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3]];

/** Steps of an axis of time spans, in milliseconds. */
const SPANS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168].map((hours) => hours * 3_600_000),
];

const UNITS = { duration: (value) => duration(value), rate: (value) => rate(value) };

export class Charts {

  #plots = PLOTS.map((plot) => createPlot(plot));

  #samples = [];

  constructor(colours) {
    this.colours = colours;
    const grid = document.querySelector('#plots .grid');
    grid.append(...this.#plots.map((plot) => plot.element));
    this.#load();
    new ResizeObserver(() => this.#plots.forEach((plot) => this.#size(plot))).observe(grid);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
  }

  async #load() {
    try {
      this.uPlot = (await import('./lib/uPlot.esm.js')).default;
      this.update(this.#samples);
    }
    catch {
      this.#plots.forEach((plot) => setText(plot.empty, 'The plots could not be loaded.'));
    }
  }

  update(samples) {
    this.#samples = samples;
    for (const plot of this.#plots) {
      const { names, columns: data, omitted } = columns(samples, plot.plot);
      plot.data = data;
      setHidden(plot.empty, names.length > 0);
      this.#legend(plot, names, omitted);
      if (this.uPlot && names.length > 0) {
        const same = plot.chart && plot.names.join('\n') === names.join('\n');
        plot.names = names;
        if (same) {
          plot.chart.setData(data);
        }
        else {
          this.#draw(plot);
        }
      }
    }
  }

  #redraw() {
    this.#plots.filter((plot) => plot.chart).forEach((plot) => this.#draw(plot));
  }

  #size(plot) {
    const width = plot.canvas.clientWidth;
    if (plot.chart && width > 0 && width !== plot.chart.width) {
      plot.chart.setSize({ width, height: HEIGHT });
    }
  }

  #draw(plot) {
    const colours = this.colours();
    plot.chart?.destroy();
    const write = UNITS[plot.plot.unit];
    const axis = {
      stroke: colours.faint, font: '11px sans-serif', grid: { stroke: colours.line, width: 1 },
      ticks: { show: false },
    };
    plot.chart = new this.uPlot({
      width: Math.max(200, plot.canvas.clientWidth), height: HEIGHT, padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: 'kinesis' }, drag: { x: false, y: false }, y: false, points: { size: 6 } },
      scales: {
        x: { time: true, range: (_chart, _least, most) => [most - WINDOW, most] },
        y: { range: (_chart, _least, most) => [0, Math.max(most ?? 0, plot.plot.unit === 'rate' ? 1 : 1000) * 1.1] },
      },
      series: [{}, ...plot.names.map((name, index) => ({
        label: name, stroke: colours.series[index], width: 1.5, dash: DASHES[index], points: { show: false },
      }))],
      axes: [
        { ...axis, size: 22, space: 70, values: (_, times) => times.map((time) => clock(time * 1000).slice(-8, -3)) },
        {
          ...axis, size: 58, space: 28, ...(plot.plot.unit === 'duration' ? { incrs: SPANS } : {}),
          values: (_, values) => values.map((value) => axisText(value, write)),
        },
      ],
      hooks: { setCursor: [(chart) => this.#read(plot, chart.cursor.idx)] },
    }, plot.data, plot.canvas);
  }

  #legend(plot, names, omitted) {
    const lines = names.map((name, index) => ({ name, index }));
    keyed(plot.legend, lines, ({ name }) => name, createLine, (line, { name, index }) => {
      setAttribute(line.element, 'data-series', index + 1);
      setText(line.name, name);
    });
    setText(plot.omitted, omitted > 0 ? `and ${omitted} smaller` : '');
    setHidden(plot.omitted, omitted === 0);
    plot.names ??= names;
    this.#read(plot, plot.chart?.cursor.idx, names);
  }

  /** The values under the cursor, or the newest. */
  #read(plot, index, names = plot.names) {
    const write = UNITS[plot.plot.unit];
    names.forEach((name, line) => {
      const column = plot.data[line + 1] ?? [];
      const at = index ?? undefined;
      setText(plot.legend.views.get(name)?.value ?? el('i'), write(at === undefined ? latest(column)
        : column[at] ?? undefined));
    });
    setText(plot.time, index === undefined || index === null ? '' : clock(plot.data[0][index] * 1000));
  }

}

function axisText(value, write) {
  if (value === 0) {
    return '0';
  }
  return write === UNITS.rate && Number.isInteger(value) ? count(value) : write(value);
}

function createPlot(plot) {
  const view = {
    plot, canvas: el('div.canvas', { 'aria-hidden': 'true' }), legend: el('ul.legend'), time: el('span.time'),
    empty: el('p.empty', { text: 'No samples yet.' }), omitted: el('p.help', { hidden: true }),
  };
  view.element = el('figure', { 'data-plot': plot.id },
    el('figcaption', {}, el('h3', { text: plot.title }), view.time),
    view.empty, view.canvas, view.legend, view.omitted);
  return view;
}

function createLine() {
  const line = { name: el('span.name'), value: el('span.number') };
  line.element = el('li', {}, el('span.swatch', { 'aria-hidden': 'true' }), line.name, ' ', line.value);
  return line;
}
