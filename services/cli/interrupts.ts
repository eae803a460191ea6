export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Ctrl-C and other signals that end a command, unless the command handles them. */
export interface Interrupts {
  /** Fires on an interrupt without a handler. */
  readonly signal: AbortSignal;
  /** Passes interrupts to the handler; returns a function that removes it. */
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
