/** A new version waits until the reader wants it: one line with a button, never a forced reload. */

import { say } from '#words';

/** @param {ServiceWorkerRegistration} registration */
export function watchForUpdate(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
    });
  });
}

/** @param {ServiceWorker} worker */
function offer(worker) {
  document.querySelector('.app-note')?.remove();
  const note = document.createElement('div');
  note.className = 'app-note';
  note.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button';
  button.textContent = say('reload');
  button.addEventListener('click', () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    worker.postMessage({ kind: 'take-over' });
  });
  note.append(say('new_version'), button);
  addStyles();
  document.body.append(note);
}

function addStyles() {
  const { styles } = document.querySelector('link[rel="manifest"]').dataset;
  if (document.querySelector(`link[href="${styles}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: styles }));
}
