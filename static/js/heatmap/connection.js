/**
 * One websocket for one picture. Reconnects with full jitter from 1 to 30 s, sleeps while the page
 * is hidden, and acknowledges every frame by its sequence so that the server may send the next.
 */

const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 30_000;
const HOPELESS = [4400, 4404]; // a bad address, no such market: the frame's GET says so in words

export class Connection {
  #address;
  #handlers;
  #socket = null;
  #timer = 0;
  #attempts = 0;
  #closed = false;
  #onVisibility = () => this.#wakeOrSleep();

  /**
   * @param {string} address
   * @param {{onFrame: (bytes: ArrayBuffer) => Promise<number | null>, onLink: (link: string) => void}} handlers
   *   `onFrame` resolves to the sequence to acknowledge, or null to ask for a full frame.
   */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    document.addEventListener('visibilitychange', this.#onVisibility);
    window.addEventListener('online', this.#onVisibility);
    this.#open();
  }

  close() {
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    window.removeEventListener('online', this.#onVisibility);
    this.#drop();
  }

  #open() {
    this.#drop();
    const socket = new WebSocket(this.#address);
    socket.binaryType = 'arraybuffer';
    let work = Promise.resolve();
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) work = work.then(() => this.#receive(socket, data));
      else this.#handlers.onLink(data.includes('reconnecting') ? 'retrying' : 'open');
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      if (HOPELESS.includes(code)) this.#drop();
      else this.#retryLater();
    };
    this.#socket = socket;
  }

  /**
   * @param {WebSocket} socket
   * @param {ArrayBuffer} data
   */
  async #receive(socket, data) {
    const sequence = await this.#handlers.onFrame(data);
    if (socket !== this.#socket || socket.readyState !== WebSocket.OPEN) return;
    if (sequence === null) {
      socket.send('{"resync": true}');
      return;
    }
    this.#attempts = 0;
    this.#handlers.onLink('open');
    socket.send(JSON.stringify({ ack: sequence }));
  }

  #retryLater() {
    this.#drop();
    if (this.#closed || document.hidden) return;
    this.#handlers.onLink('retrying');
    const ceiling = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    const delay = FIRST_DELAY_MS / 4 + Math.random() * ceiling;
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #wakeOrSleep() {
    if (this.#closed) return;
    if (document.hidden) {
      this.#drop();
    } else if (!this.#socket) {
      this.#attempts = 0;
      this.#open();
    }
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
