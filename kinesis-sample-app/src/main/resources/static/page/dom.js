/** Small helpers. Data gets into the page as text only. */

const SVG = 'http://www.w3.org/2000/svg';

export const byId = (id) => document.getElementById(id);

export function element(name, className, text) {
	const created = document.createElement(name);
	if (className) {
		created.className = className;
	}
	if (text !== undefined) {
		created.textContent = text;
	}
	return created;
}

export function svg(name, attributes = {}) {
	const created = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes)) {
		created.setAttribute(key, value);
	}
	return created;
}

/** Change a text only if it differs, so that nothing is laid out or read out in vain. */
export function text(target, value) {
	if (target.textContent !== value) {
		target.textContent = value;
	}
}

export const calm = matchMedia('(prefers-reduced-motion: reduce)');
