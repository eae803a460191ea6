import { errorMessage } from '../base/errors.ts';
import type { Logger } from './logger.ts';
import { sleep, withAnySignal } from './waiting.ts';

export interface RepeatedWork {
  start(): void;
  /** Repeats the work now, or once more if it is running. */
  wake: () => void;
  /** Ends the work; resolves when it has ended. */
  close(): Promise<void>;
}

export interface RepeatedWorkOptions {
  intervalMs: number;
  /** The pause after a failure; default: `intervalMs`. */
  retryMs?: number;
  /** A shorter pause after the work, ms; undefined: `intervalMs`. */
  dueInMs?: () => Promise<number | undefined>;
  logger: Logger;
  /** The log message when the work fails; it is written once per reason. */
  failure: string;
  /** The signal fires when the work must end. */
  work: (signal: AbortSignal) => Promise<void>;
}

/** Repeats work in the background, with pauses of `intervalMs`. A failure is logged, once. */
export function createRepeatedWork(options: RepeatedWorkOptions): RepeatedWork {
  const { intervalMs, retryMs = intervalMs, dueInMs, logger, failure, work } = options;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  let woken = new AbortController();
  let running: Promise<void> | undefined;

  async function repeat(): Promise<void> {
    let lastReason = '';
    while (!isClosing()) {
      woken = new AbortController();
      let pauseMs = retryMs;
      try {
        await work(closing.signal);
        pauseMs = Math.min(intervalMs, (await dueInMs?.()) ?? intervalMs);
        lastReason = '';
      } catch (error) {
        if (isClosing()) return;
        const reason = errorMessage(error);
        if (reason !== lastReason) logger.warn({ reason }, failure);
        lastReason = reason;
      }
      await withAnySignal([closing.signal, woken.signal], (signal) => sleep(pauseMs, signal)).catch(
        () => undefined,
      );
    }
  }

  return {
    start() {
      running ??= repeat();
    },
    wake: () => woken.abort(),
    async close() {
      closing.abort();
      await running;
    },
  };
}
