import { byId, element, text } from './dom.js';

/** The buttons, as far as the application has them. */

const SHOWN = 10_000;

const buttons = new Map();

let saying;

export async function loadControls() {
	const offered = await (await fetch('live/controls')).json();
	const link = byId('console');
	link.hidden = !offered.console;
	if (offered.console) {
		link.href = offered.console;
	}
	const bar = byId('controls');
	bar.replaceChildren();
	buttons.clear();
	for (const control of offered.controls) {
		const button = element('button');
		button.type = 'button';
		button.dataset.control = control.name;
		const hint = element('span', 'hint', control.description);
		button.append(element('span', 'label', control.label), hint);
		button.addEventListener('click', () => press(control, button));
		buttons.set(control.name, { button, hint, control });
		bar.append(button);
	}
	bar.hidden = offered.controls.length === 0;
}

/** A button that cannot be used says why, and keeps the focus. */
export function showControls(state) {
	for (const [name, { button, hint, control }] of buttons) {
		const obstacle = state.obstacles[name];
		if (!button.dataset.busy) {
			button.setAttribute('aria-disabled', String(Boolean(obstacle)));
		}
		text(hint, obstacle ?? control.description);
	}
}

async function press(control, button) {
	if (button.getAttribute('aria-disabled') === 'true') {
		return;
	}
	button.dataset.busy = 'true';
	button.setAttribute('aria-disabled', 'true');
	try {
		const response = await fetch(`live/controls/${encodeURIComponent(control.name)}`,
			{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
		const outcome = await response.json();
		say(outcome.message ?? 'That did not work. The log of the application says why.', response.ok);
	}
	catch {
		say('The application does not answer.', false);
	}
	finally {
		delete button.dataset.busy;
		button.setAttribute('aria-disabled', 'false');
	}
}

/** Say what a button has done, for as long as it takes to read it. */
function say(message, worked) {
	const notice = byId('notice');
	clearTimeout(saying);
	saying = setTimeout(() => text(notice, ''), SHOWN);
	notice.classList.toggle('failed', !worked);
	text(notice, message);
}
