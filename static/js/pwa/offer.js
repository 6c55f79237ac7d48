/** The card that offers to notify on this device, or says why it cannot. */

import { isAppleTouch, offerFor } from '#pwa/device';
import { current, Refusal, subscribe, unsubscribe } from '#pwa/subscription';
import { say } from '#words';
import htmx from '#vendor/htmx';

/** @param {HTMLElement} element */
export function mount(element) {
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  const show = async () => { element.dataset.state = await state(); };
  const act = (change) => async () => {
    element.dataset.state = 'busy';
    part('trouble').hidden = true;
    try {
      await change();
    } catch (error) {
      part('trouble').hidden = false;
      part('trouble').textContent = (error instanceof Refusal && error.message) || say('push_failed');
    }
    await show();
    const list = document.getElementById('devices');
    if (list) htmx.ajax('GET', element.dataset.list, { target: list, swap: 'innerHTML' });
  };
  part('subscribe').addEventListener('click', act(subscribe));
  part('unsubscribe').addEventListener('click', act(unsubscribe));
  show();
  return () => {};
}

async function state() {
  return offerFor({
    isSecure: window.isSecureContext,
    canPush: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
    isApple: isAppleTouch(navigator.userAgent, navigator.maxTouchPoints),
    isInstalled: navigator.standalone === true || matchMedia('(display-mode: standalone)').matches,
    permission: window.Notification?.permission ?? 'default',
    isSubscribed: (await current()) !== null,
  });
}
