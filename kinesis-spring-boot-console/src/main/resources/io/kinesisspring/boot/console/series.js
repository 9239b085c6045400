/** Samples as columns for plots. Pure functions. */

/** The four plots: unit, and the lines that a sample has for each. */
export const PLOTS = [
  {
    id: 'lag', title: 'Lag', unit: 'duration',
    lines: (sample) => each(sample.listeners, (name, value) => [[name, value.lag]]),
  },
  {
    id: 'throughput', title: 'Records a second', unit: 'rate',
    lines: (sample) => [
      ...each(sample.listeners, (name, value) => [[`${name}, in`, value.recordsPerSecond]]),
      ...each(sample.sent, (name, value) => [[`${name}, out`, value.recordsPerSecond]]),
    ],
  },
  {
    id: 'failures', title: 'Failures a second', unit: 'rate',
    lines: (sample) => [
      ...each(sample.listeners, (name, value) => [[`${name}, listener`, value.failuresPerSecond]]),
      ...each(sample.sent, (name, value) => [
        [`${name}, failed sends`, value.failedPerSecond], [`${name}, refused`, value.refusedPerSecond],
      ]),
    ],
  },
  {
    id: 'units', title: 'DynamoDB units a second', unit: 'rate',
    lines: (sample) => sample.dynamoDb ? [
      ['read', sample.dynamoDb.readUnitsPerSecond], ['written', sample.dynamoDb.writeUnitsPerSecond],
    ] : [],
  },
];

function each(values, lines) {
  return Object.entries(values ?? {}).flatMap(([name, value]) => lines(name, value));
}

/** More lines than this cannot be told apart. */
export const MOST = 6;

/**
 * Columns for a plot: times in seconds, and a column for each line, null where a sample
 * lacks it. Of many lines, those with the largest values are kept.
 * @returns `{names, columns, omitted}`
 */
export function columns(samples, plot) {
  const times = new Array(samples.length);
  const byName = new Map();
  samples.forEach((sample, index) => {
    times[index] = sample.time / 1000;
    for (const [name, value] of plot.lines(sample)) {
      if (!byName.has(name)) {
        byName.set(name, new Array(samples.length).fill(null));
      }
      if (Number.isFinite(value) && value >= 0) {
        byName.get(name)[index] = value;
      }
    }
  });
  let names = [...byName.keys()];
  const all = names.length;
  if (all > MOST) {
    const largest = new Map(names.map((name) => [name, byName.get(name).reduce((a, b) => Math.max(a, b ?? 0), 0)]));
    const kept = new Set([...names].sort((a, b) => largest.get(b) - largest.get(a)).slice(0, MOST));
    names = names.filter((name) => kept.has(name));
  }
  return { names, columns: [times, ...names.map((name) => byName.get(name))], omitted: all - names.length };
}

/** The last value of a column that is known. */
export function latest(column) {
  for (let i = column.length - 1; i >= 0; i--) {
    if (column[i] !== null) {
      return column[i];
    }
  }
  return undefined;
}
