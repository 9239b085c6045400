import { byId, element, text } from './dom.js';
import { plural, time } from './format.js';

/** What has happened lately, newest first, and what the listener refused. */

let newest = 0;

export function showEvents(state) {
	const list = byId('events');
	const fresh = state.events.filter((event) => event.id > newest).reverse();
	if (fresh.length > 0) {
		list.querySelector('.none')?.remove();
		newest = fresh[fresh.length - 1].id;
		fresh.forEach((event) => list.prepend(entry(event)));
		while (list.childElementCount > 40) {
			list.lastElementChild.remove();
		}
	}
	const note = byId('refused');
	note.hidden = !state.refused;
	if (state.refused) {
		note.dataset.refused = state.refused.count;
		text(note, `${plural(state.refused.count, 'dead letter')} (${state.refused.handling})`);
	}
}

function entry(event) {
	const item = element('li', event.kind);
	item.dataset.event = event.kind;
	item.append(element('time', '', time(event.time)), element('span', '', event.text));
	return item;
}

/** The application was started anew: its events begin anew, too. */
export function forgetEvents() {
	newest = 0;
	byId('events').replaceChildren();
}
