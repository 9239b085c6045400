/** Numbers, times and names as the page writes them. Pure functions. */

/** Written where a figure is unknown. */
export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

export function known(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

export function count(value) {
  return known(value) ? whole.format(value) : UNKNOWN;
}

/** A number with its noun: `1 shard`, `1,000 shards`. */
export function counted(value, noun, plural = `${noun}s`) {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A rate: two digits where they say something, none where they do not. */
export function rate(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  if (value === 0) {
    return '0';
  }
  if (value < 0.1) {
    return '< 0.1';
  }
  return value < 9.95 ? one.format(value) : whole.format(value);
}

/** A time span in the two largest units at most; below a second in milliseconds. */
export function duration(millis) {
  if (!known(millis) || millis < 0) {
    return UNKNOWN;
  }
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 9.95) {
    return `${one.format(seconds)} s`;
  }
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  let left = Math.round(seconds);
  const first = units.findIndex(([, size]) => left >= size);
  const [name, size] = units[first];
  const value = Math.floor(left / size);
  left -= value * size;
  const next = units[first + 1];
  const second = next && value < 10 ? Math.floor(left / next[1]) : 0;
  return second > 0 ? `${value} ${name} ${second} ${next[0]}` : `${value} ${name}`;
}

export function bytes(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || size >= 99.95 ? whole.format(size) : one.format(size)} ${units[unit]}`;
}

/** Milliseconds since 1970 of a number, of seconds with a fraction, or of an ISO-8601 text. */
export function instant(value) {
  if (known(value)) {
    return value < 1e11 ? value * 1000 : value;
  }
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** How long ago something was; never negative, as clocks of two hosts differ. */
export function ago(time, now) {
  const at = instant(time);
  return at === undefined ? UNKNOWN : `${duration(Math.max(0, now - at))} ago`;
}

/** A time of day of this browser, with the date where it is not today. */
export function clock(time, now = Date.now()) {
  const at = instant(time);
  if (at === undefined) {
    return UNKNOWN;
  }
  const date = new Date(at);
  const pad = (value) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const hours = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return new Date(now).toDateString() === date.toDateString() ? hours : `${day} ${hours}`;
}

/** `shardId-000000000012` as `0012`; a name that looks otherwise as it is. */
export function shard(id) {
  const number = /^shardId-0*(\d+)$/.exec(id ?? '');
  return number ? number[1].padStart(4, '0') : (id ?? UNKNOWN);
}

/** Of an id `host-pid-random.start-joins`: what is random, and what a start and a join add. */
const START = /\.([0-9a-f]{8})(?:-\d+)?$/;

const RANDOM = /-[0-9a-f]{6}$/;

/** The process that a worker is in, of a worker's id or of a lease's owner. */
export function process(name) {
  return name.replace(START, '');
}

/** A worker without what is random: host and process id, `shop-7d9f-4711`. */
export function worker(name) {
  return name ? process(name).replace(RANDOM, '') : UNKNOWN;
}

/** Short names of workers, with four digits of their start where two would be alike. */
export function workers(names) {
  const alike = new Map();
  for (const name of names) {
    alike.set(worker(name), (alike.get(worker(name)) ?? 0) + 1);
  }
  return new Map(names.map((name) => {
    const short = worker(name);
    const start = START.exec(name)?.[1].slice(0, 4);
    return [name, alike.get(short) > 1 && start ? `${short}·${start}` : short];
  }));
}

/**
 * The cause that a person looks for in the text of an error: the last one of a chain,
 * its type without the package.
 */
export function cause(error) {
  if (!error) {
    return '';
  }
  const last = error.split('; caused by ').at(-1);
  const typed = /^(?:[\w$]+\.)+([\w$]+)(?::\s*([\s\S]*))?$/.exec(last);
  if (!typed) {
    return last;
  }
  const type = typed[1].split('$').at(-1);
  return typed[2] ? `${type}: ${typed[2]}` : type;
}

/** A position of a shard: words as they are, a long sequence number by its end. */
export function position(text) {
  if (!text) {
    return UNKNOWN;
  }
  return /^\d{20,}/.test(text) ? `…${text.slice(-12)}` : text;
}

/** An estimate says so. */
export function estimate(value, estimated) {
  return known(value) ? `${estimated ? 'about ' : ''}${count(value)}` : 'an unknown number of';
}
