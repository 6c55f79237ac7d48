/**
 * Frames for the picture that the address asks for: live through the websocket, else by GET. A
 * frame that cannot be read is refused loudly and the last good picture stays.
 */

import { Connection } from '#heatmap/connection';
import { applyUpdate, decodeFrame } from '#heatmap/frame';

const POLL_MS = 10_000;
const LATE_MS = 1200; // a socket that has not answered by then gets help from a GET
const TOLD_MS = 6000; // a refusal is shown this long, though the next frame may be good

export class Feed {
  #store;
  #paths;
  #query = null;
  #connection = null;
  #polls = 0;
  #timer;
  #told = 0;

  /**
   * @param {import('#heatmap/store').Store} store
   * @param {{framePath: string, socketPath: string}} paths
   */
  constructor(store, paths) {
    this.#store = store;
    this.#paths = paths;
    this.#timer = setInterval(() => this.#poll(), POLL_MS);
  }

  close() {
    clearInterval(this.#timer);
    clearTimeout(this.#told);
    this.#connection?.close();
  }

  /** @param {string} query of the picture wanted; the same again changes nothing */
  select(query) {
    if (query === this.#query) return;
    this.#query = query;
    this.#connection?.close();
    this.#connection = null;
    if (isPast(query)) {
      this.#store.set({ link: 'open' });
      this.#fetch();
      return;
    }
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    let isFresh = true;
    this.#connection = new Connection(`${scheme}//${location.host}${this.#paths.socketPath}${query}`, {
      onFrame: async (bytes) => {
        const sequence = await this.#receive(bytes, query, isFresh);
        if (sequence !== null) isFresh = false;
        return sequence;
      },
      onLink: (link) => this.#store.set({ link }),
    });
    setTimeout(() => this.#fetchIfLate(query), navigator.onLine ? LATE_MS : 0);
  }

  #fetchIfLate(query) {
    const hasIt = this.#store.values.picture?.query === query;
    if (query === this.#query && !hasIt) this.#fetch();
  }

  async #receive(bytes, query, isFresh) {
    try {
      const frame = await decodeFrame(bytes);
      if (query !== this.#query) return frame.sequence;
      this.#show(frame, isFresh);
      return frame.sequence;
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  #show(frame, isFresh) {
    const { picture } = this.#store.values;
    if (frame.kind === 'full') {
      this.#store.set({ picture: { ...frame, query: this.#query, dropped: droppedSince(picture, frame) }, listed: frame.meta.clusters ?? [], ...this.#heard() });
      if (!isPast(this.#query)) this.#store.set({ liveMs: frame.asOfMs });
    } else {
      if (!picture || isFresh) throw new Error('An update came before its picture.');
      this.#store.set({ picture: { ...applyUpdate(picture, frame), query: this.#query }, ...this.#heard() });
    }
  }

  #refuse(error) {
    console.error('Frame refused:', error.message);
    this.#store.set({ problem: 'bad_frame' });
    clearTimeout(this.#told);
    this.#told = setTimeout(() => this.#clearProblem('bad_frame'), TOLD_MS);
  }

  /** @param {string} problem that is over */
  #clearProblem(problem) {
    if (this.#store.values.problem === problem) this.#store.set({ problem: null });
  }

  #heard() {
    const { problem } = this.#store.values;
    return { heardAt: performance.now(), problem: problem === 'bad_frame' ? problem : null };
  }

  #poll() {
    const { link, heardAt } = this.#store.values;
    if (document.hidden || link === 'open' || performance.now() - heardAt < POLL_MS) return;
    this.#fetch();
  }

  /** The picture by GET: the way without a socket, and how the server says what is wrong. */
  async #fetch() {
    const query = this.#query;
    const poll = ++this.#polls;
    try {
      const response = await fetch(this.#paths.framePath + query, { headers: { Accept: 'application/octet-stream' } });
      if (query !== this.#query || poll !== this.#polls) return;
      if (response.status === 503 || response.status === 429) {
        this.#store.set({ problem: isPast(query) ? 'busy' : 'no_data' });
        const waitMs = 1000 * Number(response.headers.get('Retry-After') ?? 2);
        setTimeout(() => query === this.#query && this.#store.values.picture?.query !== query && this.#fetch(), waitMs);
        return;
      }
      if (!response.ok) {
        this.#store.set({ problem: 'refused' });
        return;
      }
      const bytes = await response.arrayBuffer();
      const { picture } = this.#store.values;
      if (picture?.query === query && this.#store.values.link === 'open') return;
      await this.#receive(bytes, query, true);
    } catch (error) {
      if (error instanceof TypeError) this.#store.set({ link: 'retrying' });
      else throw error;
    }
  }
}

/** Whether a query asks for a moment that is over; its picture is fetched once. */
function isPast(query) {
  return query.includes('at=');
}

function droppedSince(old, { firstEndMs, cadenceMs }) {
  if (!old || old.cadenceMs !== cadenceMs) return 0;
  return Math.max(0, Math.round((firstEndMs - old.firstEndMs) / cadenceMs));
}
