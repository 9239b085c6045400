/** Numbers and times as the page shows them. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const number = (value) => whole.format(value);

export const time = (millis) => clock.format(millis);

export const seconds = (millis) => (millis < 10_000) ? `${(millis / 1000).toFixed(1)} s` : `${whole.format(millis / 1000)} s`;

/** A delay in words: its sign is no use to a reader. */
export function delay(minutes) {
	if (minutes <= 0) {
		return (minutes < 0) ? `${-minutes} min early` : 'on time';
	}
	return (minutes >= 120) ? `${Math.floor(minutes / 60)} h ${minutes % 60} min late` : `${minutes} min late`;
}

/** The class of a delay, as in the legend. */
export function lateness(minutes) {
	if (minutes >= 60) {
		return 'worst';
	}
	return (minutes >= 15) ? 'late' : 'early';
}

/** A shard's id without what all ids have in common. */
export const shardNumber = (id) => id.replace(/^shardId-0*(?=\d)/, '');

export const plural = (count, one, many = `${one}s`) => `${whole.format(count)} ${(count === 1) ? one : many}`;
