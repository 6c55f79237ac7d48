/** One line at the foot of the map: what is wrong, and the way out. */

import { DEFAULTS } from '#heatmap/address';
import { say, sayAge } from '#words';

/** @param {import('#heatmap/widget').Page} page */
export function mountToast({ store, part, clock, go }) {
  const toast = part('toast');
  let shown = '';

  const show = () => {
    const message = messageFor(store.values, clock);
    const text = message?.text ?? '';
    if (text === shown) return;
    shown = text;
    toast.hidden = !message;
    toast.replaceChildren(text);
    if (message?.action) toast.append(button(message.action, go));
  };
  return store.on(['status', 'problem', 'picture', 'link', 'counts'], show);
}

function messageFor({ status, problem, picture, link, counts }, clock) {
  if (problem === 'refused') return { text: say('refused'), action: 'reset' };
  if (problem) return { text: say(problem), action: problem === 'bad_frame' ? null : 'retry' };
  if (!picture) return link === 'retrying' ? { text: say('reconnecting') } : null;
  if (status === 'reconnecting' || status === 'offline') {
    return { text: say('retrying', { time: `${clock.time(picture.asOfMs)} ${clock.label}` }) };
  }
  const silent = (picture.meta.venues ?? []).find(({ state }) => state === 'stale');
  if (status === 'stale' && silent) return { text: say('silent', { venue: silent.name, age: sayAge(silent.age_s ?? 0) }) };
  if (counts && counts.every((count, code) => code === 0 || count === 0)) return { text: say('nothing_drawn'), action: 'reset' };
  return null;
}

function button(action, go) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = say(action);
  element.onclick = () => {
    if (action === 'retry') location.reload();
    else go({ ...DEFAULTS });
  };
  return element;
}
