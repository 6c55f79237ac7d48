/** Tap the price: the reader's currency and US$ change places everywhere, and stay so. */

import { other } from '#heatmap/money';
import { prefer } from '#preferences';

/** @param {import('#heatmap/widget').Page} page */
export function mountCurrency({ store, part, go, signal }) {
  part('currency').addEventListener('click', () => {
    const money = other(store.values.money);
    prefer('currency', money.currency);
    store.set({ money });
    go({ cur: money.currency }, { replace: true });
  }, { signal });

  return store.on(['address'], ({ address, money }) => {
    if (address.cur && address.cur !== money.currency) store.set({ money: { ...money, currency: address.cur } });
  });
}
