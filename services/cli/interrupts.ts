export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Ctrl-C and its relatives: they end a command, unless it has interceptor them over. */
export interface Interrupts {
  /** Fires with an interrupt that nobody has interceptor over. */
  readonly signal: AbortSignal;
  /** Interrupts come to the handler from now on; returns what ends that. */
  intercept(handler: (interrupt: Interrupt) => void): () => void;
  fire(interrupt: Interrupt): void;
}

export function createInterrupts(): Interrupts {
  const ending = new AbortController();
  let interceptor: ((interrupt: Interrupt) => void) | undefined;
  return {
    signal: ending.signal,
    intercept(handler) {
      interceptor = handler;
      return () => {
        if (interceptor === handler) interceptor = undefined;
      };
    },
    fire(interrupt) {
      if (interceptor) interceptor(interrupt);
      else ending.abort();
    },
  };
}
