import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { axisDistanceDeg } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import type { RotctldClient } from './rotctld-client.ts';
import { readWithRetries } from './read-with-retries.ts';
import { stopAndVerify, type StoppedPosition } from './stop-and-verify.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

export interface StopperParts {
  client: RotctldClient;
  readings: Readings;
  logger: Logger;
  life: AbortSignal;
  rotor: () => RotorConfig;
  /** The rotor has come to rest. */
  onRest: (rest: Readback) => void;
  /** Stopping has ended, with or without success. */
  onOver: () => void;
}

const UNATTENDED_LIMIT_MS = 60_000;
const HALT_TIMEOUT_MS = 5_000;
const REST_CHECK_MS = 120;
const RESTS_DEG = 0.02;

/** Stops a rotor, for a caller that waits or unattended (the dead-man stop). */
export interface Stopper {
  /** A stop was sent, and the rotor does not rest yet. */
  readonly halting: boolean;
  /** A stop is in progress, attended or not. */
  readonly busy: boolean;
  /** Sends `S` at once and returns the position at rest. Concurrent callers share one stop. */
  halt(): Promise<StoppedPosition>;
  /** The position at rest; a moving rotor is stopped first. */
  atRest(signal: AbortSignal): Promise<Readback>;
  /** The dead-man stop: retries for a minute, until the rotor rests or a new move begins. */
  stopUnattended(reason: string): void;
  /** Ends the dead-man stop: a new move begins. */
  endUnattended(): void;
  /** Waits for a stop in progress. Throws `busy` after a timeout. */
  untilHalted(signal: AbortSignal): Promise<void>;
}

export function createStopper(parts: StopperParts): Stopper {
  const { client, readings, logger, life, rotor, onRest, onOver } = parts;
  let halting: Promise<StoppedPosition> | undefined;
  let unattended: AbortController | undefined;

  function halt(): Promise<StoppedPosition> {
    if (!halting) readings.apply({ kind: 'setpoint', setpoint: undefined });
    halting ??= stopAndVerify(client, readings, rotor(), life)
      .then((rest) => {
        onRest(rest);
        if (rest.remark)
          logger.warn({ rotor: rotor().id, reason: rest.remark }, 'the rotator did not stop as commanded');
        return rest;
      })
      .finally(() => {
        halting = undefined;
        onOver();
      });
    halting.catch(() => undefined);
    return halting;
  }

  async function keepStopping(signal: AbortSignal): Promise<void> {
    const giveUpMs = performance.now() + UNATTENDED_LIMIT_MS;
    for (let attempt = 0; performance.now() < giveUpMs && !signal.aborted; attempt++) {
      try {
        const { pointing } = await halt();
        logger.info({ rotor: rotor().id, pointing }, 'the rotor has stopped');
        return;
      } catch (error) {
        if (attempt === 0) logger.error({ rotor: rotor().id, reason: errorMessage(error) }, 'stop failed');
        await sleep(backoffMs(attempt, 250, 2_000), signal).catch(() => undefined);
      }
    }
    if (!signal.aborted) logger.error({ rotor: rotor().id }, 'the rotor did not stop within the time limit');
  }

  return {
    get halting() {
      return !!halting;
    },
    get busy() {
      return !!halting || !!unattended;
    },
    halt,
    async atRest(signal) {
      const first = await readWithRetries(readings, signal);
      await sleep(REST_CHECK_MS, signal);
      const second = await readWithRetries(readings, signal);
      const rests = !second.moving && axisDistanceDeg(first.pointing, second.pointing) <= RESTS_DEG;
      return rests ? second : halt();
    },
    stopUnattended(reason) {
      if (unattended || life.aborted) return;
      const run = new AbortController();
      unattended = run;
      logger.warn({ rotor: rotor().id, reason }, 'stopping the rotor');
      void keepStopping(AbortSignal.any([run.signal, life])).finally(() => {
        unattended = undefined;
        onOver();
      });
    },
    endUnattended: () => unattended?.abort(),
    async untilHalted(signal) {
      if (!halting) return;
      const timeout = AbortSignal.timeout(HALT_TIMEOUT_MS);
      try {
        await orAborted(halting, AbortSignal.any([signal, timeout]));
      } catch {
        signal.throwIfAborted();
        if (timeout.aborted) throw new SkyScanError('busy', 'the rotor is still being stopped');
      }
    },
  };
}
