/**
 * One publisher, any number of readers; each has a bounded queue and loses its own oldest items
 * when it is slow.
 */
export interface Broadcast<T> {
  publish(item: T): void;
  /** Items published from now on, until the signal fires or the broadcast is closed. */
  subscribe(signal: AbortSignal): Subscription<T>;
  close(): void;
  readonly subscribers: number;
}

export interface Subscription<T> extends AsyncIterable<T> {
  /** Number of items that this reader has lost because it was slow. */
  readonly dropped: number;
}

export function createBroadcast<T>(capacity: number): Broadcast<T> {
  const readers = new Set<Reader<T>>();
  let closed = false;
  return {
    publish(item) {
      for (const reader of readers) reader.push(item);
    },
    subscribe(signal) {
      const reader = new Reader<T>(capacity, () => readers.delete(reader));
      if (closed || signal.aborted) reader.end();
      else {
        readers.add(reader);
        signal.addEventListener('abort', () => reader.end(), { once: true });
      }
      return reader;
    },
    close() {
      closed = true;
      for (const reader of [...readers]) reader.end();
    },
    get subscribers() {
      return readers.size;
    },
  };
}

class Reader<T> implements Subscription<T>, AsyncIterator<T> {
  readonly #queue: T[] = [];
  readonly #capacity: number;
  readonly #onEnd: () => void;
  #wake: (() => void) | undefined;
  #ended = false;
  #dropped = 0;

  constructor(capacity: number, onEnd: () => void) {
    this.#capacity = capacity;
    this.#onEnd = onEnd;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(item: T): void {
    if (this.#ended) return;
    if (this.#queue.length >= this.#capacity) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#queue.push(item);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.#queue.length === 0) {
      if (this.#ended) return { value: undefined, done: true };
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    return { value: this.#queue.shift() as T, done: false };
  }

  return(): Promise<IteratorResult<T>> {
    this.end();
    this.#queue.length = 0;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this;
  }
}
