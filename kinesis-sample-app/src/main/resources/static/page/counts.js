import { byId, text } from './dom.js';
import { number } from './format.js';

/** The counts on top, and the rates of the last minute. */

const SECONDS = 60;
const WIDTH = 300;
const HEIGHT = 60;
const SMOOTHED = 4;

const samples = [];

export function showCounts(state) {
	const { sent, received, underway, seenTwice, missing, outOfOrder } = state.counts;
	const values = { sent, received, underway, 'seen-twice': seenTwice, missing, 'out-of-order': outOfOrder };
	for (const [name, value] of Object.entries(values)) {
		const target = document.querySelector(`[data-count="${name}"]`);
		text(target, number(value));
		target.parentElement.classList.toggle('broken', value > 0 && target.parentElement.classList.contains('promise'));
	}
	const percent = (state.total > 0) ? Math.floor(100 * received / state.total) : 0;
	byId('progress').style.width = `${percent}%`;
	byId('progress').parentElement.setAttribute('aria-valuenow', percent);
	showRates(state);
}

function showRates(state) {
	samples.push({ time: state.time, sent: state.counts.sent, received: state.counts.received });
	while (samples.length > 2 && state.time - samples[0].time > SECONDS * 1000) {
		samples.shift();
	}
	const rates = [];
	for (let i = 1; i < samples.length; i++) {
		const from = samples[Math.max(0, i - SMOOTHED)];
		const elapsed = Math.max(1, samples[i].time - from.time) / 1000;
		rates.push({
			time: samples[i].time,
			sent: (samples[i].sent - from.sent) / elapsed,
			received: (samples[i].received - from.received) / elapsed
		});
	}
	if (rates.length === 0) {
		return;
	}
	const last = rates[rates.length - 1];
	text(byId('rate-sent'), number(last.sent));
	text(byId('rate-received'), number(last.received));
	const top = Math.max(10, ...rates.map((rate) => Math.max(rate.sent, rate.received))) * 1.1;
	for (const name of ['sent', 'received']) {
		const points = rates.map((rate) => {
			const x = WIDTH * (1 - (last.time - rate.time) / (SECONDS * 1000));
			return `${x.toFixed(1)},${(HEIGHT - HEIGHT * rate[name] / top).toFixed(1)}`;
		});
		line(name).setAttribute('points', points.join(' '));
	}
}

function line(name) {
	const existing = document.querySelector(`#rate .${name}`);
	if (existing) {
		return existing;
	}
	const created = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
	created.setAttribute('class', name);
	byId('rate').append(created);
	return created;
}
