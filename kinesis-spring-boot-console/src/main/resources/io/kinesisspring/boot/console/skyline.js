/** All shards of a listener in one picture: the height is the lag, the colour what is wrong. */

import { el, setAttribute } from './dom.js';
import { counted, duration, shard as shardName } from './format.js';
import { condition } from './judge.js';
import { lagBar } from './order.js';

const HEIGHT = 44;

export class Skyline {

  constructor(open) {
    this.canvas = el('canvas', { role: 'img' });
    this.element = el('div.skyline', {}, this.canvas);
    this.canvas.addEventListener('click', (event) => {
      const shard = this.#at(event);
      if (shard) {
        open(shard);
      }
    });
    this.canvas.addEventListener('pointermove', (event) => {
      const shard = this.#at(event);
      setAttribute(this.canvas, 'title', shard && `${shardName(shard.shard)}: ${condition(shard, this.context).word}${
        shard.here ? `, ${duration(shard.millisBehindLatest)} behind` : ''}`);
    });
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  shards = [];

  update(listener, context, colours) {
    this.shards = listener.shards.filter((shard) => shard.state !== 'finished');
    this.context = context;
    this.colours = colours;
    this.#draw();
  }

  /** The shard under a pointer. A bar may be narrower than a pixel: the worst nearby counts. */
  #at({ offsetX }) {
    const step = this.canvas.clientWidth / Math.max(1, this.shards.length);
    const near = step < 4 ? 3 : 0;
    return this.shards.slice(Math.max(0, Math.floor((offsetX - near) / step)), Math.ceil((offsetX + near + .01) / step))
      .map((shard) => ({ shard, rank: condition(shard, this.context).rank }))
      .sort((a, b) => a.rank - b.rank)[0]?.shard;
  }

  #draw() {
    const width = this.element.clientWidth;
    if (!this.colours || width === 0) {
      return;
    }
    const ratio = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = HEIGHT * ratio;
    }
    const pen = this.canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, HEIGHT);
    const step = width / Math.max(1, this.shards.length);
    const gap = step > 3 ? 1 : 0;
    const levels = { bad: 0, warn: 0 };
    this.shards.forEach((shard, index) => {
      const { level } = condition(shard, this.context);
      levels[level] = (levels[level] ?? 0) + 1;
      const urgent = level === 'bad' || level === 'warn';
      const height = shard.here ? Math.max(2, lagBar(shard.millisBehindLatest) * (HEIGHT - 8)) : 2;
      const thick = Math.min(28, Math.max(urgent ? 2 : 1, step - gap));
      pen.fillStyle = this.colours[level];
      pen.fillRect(index * step, HEIGHT - height, thick, height);
      if (urgent) {
        pen.fillRect(index * step, 0, thick, level === 'bad' ? 5 : 3);
      }
    });
    setAttribute(this.canvas, 'aria-label', `Lag of ${counted(this.shards.length, 'open shard')}: `
      + `${levels.bad} with failures, ${levels.warn} with warnings. The rows below have the figures.`);
  }

}
