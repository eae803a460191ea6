export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Ctrl-C and its relatives: they end a command, unless it has taken them over. */
export interface Interrupts {
  /** Fires with an interrupt that nobody has taken over. */
  readonly signal: AbortSignal;
  /** Interrupts come to the handler from now on; returns what ends that. */
  take(handler: (interrupt: Interrupt) => void): () => void;
  fire(interrupt: Interrupt): void;
}

export function createInterrupts(): Interrupts {
  const ending = new AbortController();
  let taken: ((interrupt: Interrupt) => void) | undefined;
  return {
    signal: ending.signal,
    take(handler) {
      taken = handler;
      return () => {
        if (taken === handler) taken = undefined;
      };
    },
    fire(interrupt) {
      if (taken) taken(interrupt);
      else ending.abort();
    },
  };
}
