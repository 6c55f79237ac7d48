/** Rows that a finger or a mouse puts in order; the buttons beside them do the same. */

/** @param {HTMLElement} list */
export function mount(list) {
  const stop = new AbortController();
  const { signal } = stop;
  list.addEventListener('pointerdown', (event) => {
    const grip = event.target.closest('.grip');
    if (grip) drag(list, grip.closest('[data-market]'), event.pointerId);
  }, { signal });
  return () => stop.abort();
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 * @param {number} pointerId
 */
function drag(list, row, pointerId) {
  const before = order(list).join();
  const stop = new AbortController();
  const { signal } = stop;
  row.classList.add('is-moving');
  list.setPointerCapture(pointerId);
  list.addEventListener('pointermove', (event) => place(list, row, event.clientY), { signal });
  const end = () => {
    stop.abort();
    row.classList.remove('is-moving');
    if (order(list).join() !== before) save(list);
  };
  list.addEventListener('pointerup', end, { signal });
  list.addEventListener('pointercancel', end, { signal });
}

/** Puts the row before the first one whose middle lies below the finger. */
function place(list, row, y) {
  const others = [...list.children].filter((other) => other !== row);
  const next = others.find((other) => {
    const box = other.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  list.insertBefore(row, next ?? null);
}

/** @param {HTMLElement} list @returns {string[]} */
function order(list) {
  return [...list.children].map((row) => row.dataset.market);
}

/** @param {HTMLElement} list */
async function save(list) {
  const body = new URLSearchParams(order(list).map((slug) => ['market', slug]));
  const headers = { 'X-CSRFToken': list.dataset.token };
  const answer = await fetch(list.dataset.url, { method: 'POST', body, headers }).catch(() => null);
  if (!answer?.ok) location.reload();
}
