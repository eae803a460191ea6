import type { MoveResponse, ParkResponse } from '#proto/rotor_driver';
import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';

type MoveMessages = AsyncIterable<MoveResponse | ParkResponse>;

/** Keeps the calls of manual moves open: a call is the lease of its move. */
export interface ManualMoves {
  /**
   * Makes the call and resolves once the move has started; supervises it until its end. Throws what
   * the call throws, `timeout` if the move does not start in time.
   */
  start(rotorId: number, call: (signal: AbortSignal) => MoveMessages): Promise<void>;
  /** Cancels all calls, which stops the rotors. */
  close(): void;
}

export function createManualMoves(startTimeoutMs: number, logger: Logger): ManualMoves {
  const open = new Set<AbortController>();

  /** Reads the call until it ends. */
  async function supervise(rotorId: number, messages: AsyncIterator<unknown>, signal: AbortSignal) {
    try {
      while (!(await messages.next()).done);
    } catch (error) {
      const entry = { rotor: rotorId, reason: errorMessage(error) };
      // A program that tracks a satellite replaces its move every second.
      if (signal.aborted || errorKind(error) === 'cancelled') logger.debug(entry, 'manual move ended');
      else if (errorKind(error) === 'lease_lost') logger.info(entry, 'manual move ended');
      else logger.warn(entry, 'manual move failed');
    }
  }

  return {
    async start(rotorId, call) {
      const cancel = new AbortController();
      const messages = call(cancel.signal)[Symbol.asyncIterator]();
      open.add(cancel);
      const timeout = new SkyScanError('timeout', `the move did not start within ${startTimeoutMs / 1000} s`);
      const timer = setTimeout(() => cancel.abort(timeout), startTimeoutMs);
      try {
        await messages.next();
      } catch (error) {
        open.delete(cancel);
        throw cancel.signal.reason === timeout ? timeout : error;
      } finally {
        clearTimeout(timer);
      }
      void supervise(rotorId, messages, cancel.signal).finally(() => open.delete(cancel));
    },
    close() {
      for (const cancel of open) cancel.abort();
    },
  };
}
