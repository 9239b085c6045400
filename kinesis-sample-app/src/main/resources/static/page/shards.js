import { byId, element, text } from './dom.js';
import { number, plural, seconds, shardNumber } from './format.js';

/** The shards: a ribbon of the keys that each one takes, and a card for each. */

const COLOURS = 6;
const SLOW = 1500;

const cards = new Map();
const pieces = new Map();

const colour = (owner) => (owner ? `owner-${(owner.charCodeAt(0) - 65 + COLOURS) % COLOURS}` : 'owner-none');

export function showShards(state) {
	const here = state.instances.find((instance) => instance.here)?.name;
	keep(cards, state.shards);
	keep(pieces, state.shards);
	state.shards.forEach((shard, index) => {
		showCard(shard, index, here);
		showPiece(shard);
	});
	showInstances(state.instances);
}

function keep(elements, shards) {
	const ids = new Set(shards.map((shard) => shard.shard));
	for (const [id, entry] of elements) {
		if (!ids.has(id)) {
			entry.item.remove();
			elements.delete(id);
		}
	}
}

function showCard(shard, index, here) {
	const list = byId('shards');
	const card = cards.get(shard.shard) ?? addCard(shard);
	if (list.children[index] !== card.item) {
		list.insertBefore(card.item, list.children[index] ?? null);
	}
	card.item.className = `shard ${colour(shard.owner)}${shard.orphaned ? ' orphaned' : ''}${shard.open ? '' : ' closed'}`;
	text(card.owner, shard.owner ?? '–');
	text(card.state, describe(shard, here));
	text(card.waiting, number(shard.waiting));
	text(card.lag, seconds(shard.lag));
	text(card.flights, number(shard.flights));
	card.item.classList.toggle('slow', shard.lag > SLOW);
	card.meter.style.width = `${Math.min(100, shard.lag / 50)}%`;
}

/** What becomes of the shard, in a few words. */
function describe(shard, here) {
	if (shard.orphaned) {
		return 'its instance was killed';
	}
	if (!shard.owner) {
		return (shard.parents.length > 0) ? `waits for ${shard.parents.map(shardNumber).join(' and ')}` : 'not taken yet';
	}
	const reader = (shard.owner === here) ? 'read here' : `read by ${shard.owner}`;
	return shard.open ? reader : `${reader}, closed`;
}

function addCard(shard) {
	const card = {
		item: element('li'), owner: element('span', 'owner'), state: element('span', 'state'),
		waiting: element('dd'), lag: element('dd'), flights: element('dd'), meter: element('span', 'meter')
	};
	const title = element('div', 'title');
	const name = element('h3', '', `Shard ${shardNumber(shard.shard)}`);
	if (shard.parents.length > 0) {
		name.append(element('small', '', ` from ${shard.parents.map(shardNumber).join(' and ')}`));
	}
	title.append(card.owner, name);
	const figures = element('dl');
	card.lag.dataset.field = 'lag';
	card.owner.dataset.field = 'owner';
	for (const [label, value] of [['Waiting', card.waiting], ['Lag', card.lag], ['Delivered', card.flights]]) {
		const figure = element('div');
		figure.append(element('dt', '', label), value);
		figures.append(figure);
	}
	const track = element('span', 'track');
	track.append(card.meter);
	card.item.append(title, card.state, figures, track);
	card.item.dataset.shard = shard.shard;
	cards.set(shard.shard, card);
	return card;
}

function showPiece(shard) {
	const ribbon = byId('ribbon');
	let piece = pieces.get(shard.shard);
	if (!piece) {
		piece = { item: element('span', '') };
		pieces.set(shard.shard, piece);
		ribbon.append(piece.item);
	}
	piece.item.style.left = `${100 * shard.from}%`;
	piece.item.style.width = `${100 * (shard.to - shard.from)}%`;
	piece.item.className = `piece ${colour(shard.owner)}${shard.orphaned ? ' orphaned' : ''}${shard.open ? '' : ' closed'}`;
	text(piece.item, shardNumber(shard.shard));
}

function showInstances(instances) {
	const list = byId('instances');
	while (list.childElementCount > instances.length) {
		list.lastElementChild.remove();
	}
	instances.forEach((instance, index) => {
		if (!list.children[index]) {
			const created = element('li');
			created.append(element('span', 'owner'), element('span'));
			list.append(created);
		}
		const item = list.children[index];
		item.className = `${colour(instance.name)}${instance.killed ? ' orphaned' : ''}`;
		item.dataset.instance = instance.name;
		const state = instance.killed ? 'killed' : (instance.here ? 'this instance' : 'second instance');
		text(item.children[0], instance.name);
		text(item.children[1], `${state}, ${plural(instance.shards, 'shard')}`);
	});
}
