import { byId, element, text } from './dom.js';
import { number } from './format.js';
import { city } from './map.js';

/** The airports with the most flights, as bars that overtake one another. */

const SHOWN = 8;

const rows = new Map();

export function showRace(state) {
	const list = byId('race');
	const airports = state.airports.slice(0, SHOWN);
	const most = Math.max(1, airports[0]?.flights ?? 1);
	const codes = new Set(airports.map((airport) => airport.origin));
	for (const [code, row] of rows) {
		if (!codes.has(code)) {
			row.item.remove();
			rows.delete(code);
		}
	}
	airports.forEach((airport, rank) => {
		const row = rows.get(airport.origin) ?? addRow(list, airport.origin);
		row.item.style.setProperty('--rank', rank);
		row.bar.style.width = `${(100 * airport.flights / most).toFixed(1)}%`;
		text(row.city, city(airport.origin));
		text(row.flights, number(airport.flights));
		text(row.delay, `${airport.meanDelay.toFixed(1)} min`);
		row.bar.classList.toggle('late', airport.meanDelay >= 10);
	});
}

function addRow(list, code) {
	const row = {
		item: element('li'), bar: element('span', 'bar'), code: element('strong', '', code), city: element('span', 'city'),
		flights: element('span', 'flights'), delay: element('span', 'delay')
	};
	const name = element('span', 'name');
	name.append(row.code, row.city);
	const track = element('span', 'track');
	track.append(row.bar);
	row.item.append(name, track, row.flights, row.delay);
	row.item.dataset.airport = code;
	rows.set(code, row);
	list.append(row.item);
	return row;
}
