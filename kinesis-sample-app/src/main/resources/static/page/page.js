import { showArrivals } from './arrivals.js';
import { loadControls, showControls } from './controls.js';
import { showCounts } from './counts.js';
import { byId, text } from './dom.js';
import { forgetEvents, showEvents } from './events.js';
import { number, plural } from './format.js';
import { drawMap, showMap } from './map.js';
import { showRace } from './race.js';
import { showShards } from './shards.js';

/** Connects the page to the application and shows each state that arrives. */

const root = document.documentElement;
const STALE = 5000;

let last = 0;
let source;

function show(state) {
	last = performance.now();
	showCounts(state);
	showMap(state);
	showRace(state);
	showArrivals(state);
	showShards(state);
	showEvents(state);
	showControls(state);
	showStatus(state);
	root.dataset.ready = 'true';
}

function showStatus(state) {
	const instances = plural(state.instances.filter((instance) => !instance.killed).length, 'instance');
	const open = plural(state.shards.filter((shard) => shard.open).length, 'open shard');
	text(byId('status'), `Stream ${state.stream}: ${open}, ${instances}`);
	root.dataset.done = String(state.done);
	const done = byId('done');
	done.hidden = !state.done;
	if (state.done) {
		text(done, `The replay is done: all ${number(state.total)} flights have arrived, with a mean delay of `
			+ `${state.meanDelay.toFixed(1)} minutes. Press Ctrl+C in the terminal to stop the application.`);
	}
}

function connect() {
	source?.close();
	source = new EventSource('live/stream');
	source.addEventListener('open', () => {
		root.dataset.connected = 'true';
		forgetEvents();
		loadControls().catch(() => undefined);
	});
	source.addEventListener('state', (event) => show(JSON.parse(event.data)));
	source.addEventListener('error', () => {
		root.dataset.connected = 'false';
		if (source.readyState === EventSource.CLOSED) {
			setTimeout(connect, 2000);
		}
	});
}

setInterval(() => {
	const age = performance.now() - last;
	if (root.dataset.connected === 'false' || (last > 0 && age > STALE)) {
		text(byId('status'), (last > 0) ? `No data for ${number(age / 1000)} seconds. Has the application ended?`
			: 'Connecting…');
	}
}, 1000);

/** Browsers keep pages that were left, and have six connections for all pages of a host. */
addEventListener('pagehide', () => source.close());
addEventListener('pageshow', (event) => {
	if (event.persisted) {
		connect();
	}
});

drawMap().catch(() => undefined);
connect();
