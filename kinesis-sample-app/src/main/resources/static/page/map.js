import { byId, calm, svg, text } from './dom.js';
import { lateness } from './format.js';

/** The map: a dot for each airport, and an arc for each flight that has just arrived. */

const MOST_ARCS = 48;
const LABELS = 8;
const INTERVAL = 500;

const dots = new Map();
const shown = new Set();
let places;
let arcs;
let labels;

export async function drawMap() {
	const map = await (await fetch('page/map.json')).json();
	places = map.airports;
	const target = byId('map');
	target.append(svg('path', { class: 'borders', d: map.borders }), svg('path', { class: 'outline', d: map.outline }));
	const airports = svg('g');
	for (const [code, [x, y]] of Object.entries(places)) {
		const dot = svg('circle', { cx: x, cy: y, r: 1.5, class: 'airport' });
		dots.set(code, dot);
		airports.append(dot);
	}
	arcs = svg('g', { class: 'arcs' });
	labels = svg('g', { class: 'labels' });
	target.append(airports, arcs, labels);
}

export const city = (code) => places?.[code]?.[2] ?? '';

export function showMap(state) {
	if (!places) {
		return;
	}
	const most = Math.max(1, state.airports[0]?.flights ?? 1);
	for (const airport of state.airports) {
		const dot = dots.get(airport.origin);
		if (dot) {
			dot.setAttribute('r', (2 + 9 * Math.sqrt(airport.flights / most) * growth(state)).toFixed(1));
			dot.setAttribute('class', `airport ${(airport.meanDelay >= 10) ? 'late' : 'early'}`);
		}
	}
	showLabels(state.airports.slice(0, LABELS));
	if (!calm.matches && !document.hidden) {
		showArcs(state.arrivals);
	}
}

/** Dots grow with the replay, too, and not only against each other. */
const growth = (state) => 0.4 + 0.6 * Math.min(1, state.counts.received / Math.max(1, state.total));

function showLabels(airports) {
	while (labels.childElementCount < airports.length) {
		labels.append(svg('text'));
	}
	airports.forEach((airport, index) => {
		const place = places[airport.origin];
		const label = labels.children[index];
		if (place) {
			text(label, airport.origin);
			label.setAttribute('x', place[0]);
			label.setAttribute('y', place[1] - 12);
		}
	});
}

function showArcs(arrivals) {
	const fresh = arrivals.filter((flight) => !shown.has(flight.number)).reverse();
	shown.clear();
	arrivals.forEach((flight) => shown.add(flight.number));
	fresh.slice(0, MOST_ARCS - arcs.childElementCount).forEach((flight, index) => {
		const from = places[flight.origin];
		const to = places[flight.destination];
		if (from && to) {
			addArc(from, to, flight, index * INTERVAL / Math.max(1, fresh.length));
		}
	});
}

function addArc([x1, y1], [x2, y2], flight, wait) {
	const bend = 0.18 * Math.hypot(x2 - x1, y2 - y1);
	const arc = svg('path', {
		class: `arc ${lateness(flight.delay)}`,
		d: `M${x1} ${y1}Q${(x1 + x2) / 2} ${(y1 + y2) / 2 - bend} ${x2} ${y2}`,
		pathLength: 1
	});
	arc.style.animationDelay = `${wait}ms`;
	arc.addEventListener('animationend', () => arc.remove());
	arcs.append(arc);
}
