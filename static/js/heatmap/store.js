/** A small observable record: widgets read it, change it, and are told what changed. */

export class Store {
  #values;
  #listeners = new Set();

  /** @param {Record<string, any>} values */
  constructor(values) {
    this.#values = values;
  }

  get values() {
    return this.#values;
  }

  /** @param {Record<string, any>} patch */
  set(patch) {
    const changed = Object.keys(patch).filter((key) => patch[key] !== this.#values[key]);
    if (!changed.length) return;
    this.#values = { ...this.#values, ...patch };
    for (const { keys, listener } of [...this.#listeners]) {
      if (keys.some((key) => changed.includes(key))) listener(this.#values, changed);
    }
  }

  /**
   * @param {string[]} keys
   * @param {(values: Record<string, any>, changed: string[]) => void} listener
   * @returns {() => void} stop listening
   */
  on(keys, listener) {
    const entry = { keys, listener };
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }
}
