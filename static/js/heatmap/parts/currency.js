/** Tap the price: S$ and US$ change places everywhere, and stay so. */

import { prefer } from '#preferences';

/** @param {import('#heatmap/widget').Page} page */
export function mountCurrency({ store, part, go, signal }) {
  part('currency').addEventListener('click', () => {
    const { currency, fx } = store.values.money;
    const next = currency === 'SGD' ? 'USD' : 'SGD';
    prefer('currency', next);
    store.set({ money: { currency: next, fx } });
    go({ cur: next }, { replace: true });
  }, { signal });

  return store.on(['address'], ({ address, money }) => {
    if (address.cur && address.cur !== money.currency) store.set({ money: { ...money, currency: address.cur } });
  });
}
