/** The dialog that asks before anything changes, and says what came of it. */

import { ACTIONS, call, question } from './actions.js';
import { announce, el, id, setHidden, setText } from './dom.js';

/**
 * Ask, and act if the answer is yes. The dialog stays open with the server's reason if
 * the action fails.
 * @param listener the listener's id
 * @param action the action
 * @param body what is sent
 * @param form what else is asked: `{element, values(), ready(), watch(changed)}`
 */
export function confirm(listener, action, body, form) {
  const about = ACTIONS[action];
  const title = id('title');
  const effect = id('effect');
  const reason = el('p.reason', { 'data-field': 'reason', role: 'alert', hidden: true });
  const yes = el('button', { type: 'button', 'data-confirm': 'yes', text: about.verb });
  const no = el('button.quiet', { type: 'button', 'data-confirm': 'no', text: 'Cancel' });
  const dialog = el('dialog.ask', { 'data-confirm': '', 'aria-labelledby': title, 'aria-describedby': effect },
    el('h2', { id: title, text: question(listener, action, body) }),
    el('p', { id: effect, text: about.effect }),
    el('p.scope', {}, 'Concerns ', el('strong', { text: about.scope }), '.'),
    form?.element,
    reason,
    el('div.choices', {}, no, yes));
  const enable = () => {
    yes.disabled = form ? !form.ready() : false;
    setText(yes, form?.verb?.() ?? about.verb);
  };

  async function act() {
    const started = Date.now();
    const sent = { ...body, ...form?.values() };
    dialog.dataset.busy = 'true';
    yes.disabled = true;
    setHidden(reason, true);
    const ticking = setInterval(() => {
      setText(yes, `${about.doing}… ${Math.round((Date.now() - started) / 1000)} s`);
    }, 1000);
    setText(yes, `${about.doing}…`);
    try {
      const answer = await call(listener, action, sent);
      dialog.close();
      notice(`${listener}: ${about.done(answer)}.`);
    }
    catch (error) {
      setText(reason, error.message);
      setHidden(reason, false);
      enable();
      if (dialog.open) {
        no.focus();
      }
      else {
        notice(`${listener}: ${about.verb} failed. ${error.message}`, 'bad');
      }
    }
    finally {
      clearInterval(ticking);
      delete dialog.dataset.busy;
    }
  }

  yes.addEventListener('click', act);
  no.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog && !dialog.dataset.busy) {
      dialog.close();
    }
  });
  form?.watch(enable);
  enable();
  document.body.append(dialog);
  dialog.showModal();
  (form?.element.querySelector('input, select') ?? no).focus();
}

let fading;

/** Say what was done, where it is seen and heard. */
export function notice(text, level = 'ok') {
  const place = document.querySelector('[data-field="notice"]');
  place.dataset.level = level;
  setText(place, text);
  setHidden(place, false);
  announce(text);
  clearTimeout(fading);
  fading = setTimeout(() => setHidden(place, true), 12_000);
}
