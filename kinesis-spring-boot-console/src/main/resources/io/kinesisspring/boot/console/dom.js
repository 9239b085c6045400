/** Elements. Text goes in as text: nothing is ever parsed as HTML. */

/**
 * An element.
 * @param name its name, with classes behind dots: `p.error`
 * @param attributes attributes; `text` is its text, `on` an object of listeners, a false
 * or missing value is left out
 * @param children elements or texts
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) {
    element.className = classes.join(' ');
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute === 'text') {
      element.textContent = value;
    }
    else if (attribute === 'on') {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    }
    else if (value !== undefined && value !== false) {
      element.setAttribute(attribute, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** Change a text only if it is another: selections and screen readers stay undisturbed. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Change an attribute only if it is another; remove it if the value is undefined. */
export function setAttribute(element, name, value) {
  if (value === undefined) {
    element.removeAttribute(name);
  }
  else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) {
    element.hidden = hidden;
  }
}

/**
 * Make the children of an element those of a list, and keep the elements of items that
 * stay, in place where they are in order.
 * @param parent the element
 * @param items the list
 * @param key the key of an item
 * @param create the view of a new item: an object with `element`
 * @param update called with each view, its item and the item's index
 */
export function keyed(parent, items, key, create, update) {
  const views = parent.views ??= new Map();
  const wanted = new Set(items.map(key));
  for (const [id, view] of views) {
    if (!wanted.has(id)) {
      view.element.remove();
      views.delete(id);
    }
  }
  let next = parent.firstElementChild;
  items.forEach((item, index) => {
    const id = key(item);
    let view = views.get(id);
    if (!view) {
      view = create(item);
      views.set(id, view);
    }
    update(view, item, index);
    if (view.element === next) {
      next = next.nextElementSibling;
    }
    else {
      parent.insertBefore(view.element, next);
    }
  });
}

/** The shape that stands for a level, so that colour is not alone in telling it. */
export function mark(level) {
  return el('span.mark', { 'data-level': level, 'aria-hidden': 'true' });
}

let numbers = 0;

/** An id for an element that a label refers to. */
export function id(prefix) {
  return `${prefix}-${++numbers}`;
}

/** Say something to a screen reader, once it has finished what it reads. */
export function announce(text) {
  const live = document.querySelector('[data-field="announce"]');
  setText(live, text);
}
