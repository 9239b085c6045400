import { byId, element, text } from './dom.js';
import { delay, lateness } from './format.js';

/** The latest flights with their delays, as on a board in an airport. */

const SHOWN = 8;

export function showArrivals(state) {
	const list = byId('arrivals');
	const flights = state.arrivals.slice(0, SHOWN);
	while (list.childElementCount < flights.length) {
		const row = element('li');
		row.append(element('span', 'route'), element('span', 'date'), element('span', 'badge'));
		list.append(row);
	}
	flights.forEach((flight, index) => {
		const [route, date, badge] = list.children[index].children;
		text(route, `${flight.origin} → ${flight.destination}`);
		text(date, flight.date);
		text(badge, delay(flight.delay));
		badge.className = `badge ${lateness(flight.delay)}`;
	});
}
