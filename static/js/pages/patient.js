/**
 * A form that loses nothing: without a connection the page stays as it is, and what was written is
 * sent once there is one.
 */

const AGAIN_MS = 3_000;
const PATIENCE_MS = 5_000;

/** @param {HTMLFormElement} form with a `data-part="no-connection"` that says so */
export function mount(form) {
  const notice = form.querySelector('[data-part="no-connection"]');
  const stop = new AbortController();
  let timer = 0;

  async function send() {
    clearTimeout(timer);
    if (await isServerThere()) return form.submit();
    if (stop.signal.aborted) return;
    notice.hidden = false;
    timer = setTimeout(send, AGAIN_MS);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  }, { signal: stop.signal });
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}

async function isServerThere() {
  try {
    await fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}
