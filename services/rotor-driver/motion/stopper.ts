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
export class Stopper {
  readonly #parts: StopperParts;
  #halting: Promise<StoppedPosition> | undefined;
  #unattended: AbortController | undefined;

  constructor(parts: StopperParts) {
    this.#parts = parts;
  }

  /** A stop was sent, and the rotor does not rest yet. */
  get halting(): boolean {
    return !!this.#halting;
  }

  /** A stop is in progress, attended or not. */
  get busy(): boolean {
    return this.halting || !!this.#unattended;
  }

  /** Sends `S` at once and returns the position at rest. Concurrent callers share one stop. */
  halt(): Promise<StoppedPosition> {
    const { client, readings, rotor, life, logger, onRest, onOver } = this.#parts;
    if (!this.#halting) readings.apply({ kind: 'setpoint', setpoint: undefined });
    this.#halting ??= stopAndVerify(client, readings, rotor(), life)
      .then((rest) => {
        onRest(rest);
        if (rest.remark)
          logger.warn({ rotor: rotor().id, reason: rest.remark }, 'the rotator did not stop as commanded');
        return rest;
      })
      .finally(() => {
        this.#halting = undefined;
        onOver();
      });
    this.#halting.catch(() => undefined);
    return this.#halting;
  }

  /** The position at rest; a moving rotor is stopped first. */
  async atRest(signal: AbortSignal): Promise<Readback> {
    const { readings } = this.#parts;
    const first = await readWithRetries(readings, signal);
    await sleep(REST_CHECK_MS, signal);
    const second = await readWithRetries(readings, signal);
    const rests = !second.moving && axisDistanceDeg(first.pointing, second.pointing) <= RESTS_DEG;
    return rests ? second : this.halt();
  }

  /** The dead-man stop: retries for a minute, until the rotor rests or a new move begins. */
  stopUnattended(reason: string): void {
    const { life, logger, rotor, onOver } = this.#parts;
    if (this.#unattended || life.aborted) return;
    const run = new AbortController();
    this.#unattended = run;
    logger.warn({ rotor: rotor().id, reason }, 'stopping the rotor');
    void this.#keepStopping(AbortSignal.any([run.signal, life])).finally(() => {
      this.#unattended = undefined;
      onOver();
    });
  }

  /** Ends the dead-man stop: a new move begins. */
  endUnattended(): void {
    this.#unattended?.abort();
  }

  /** Waits for a stop in progress. Throws `busy` after a timeout. */
  async untilHalted(signal: AbortSignal): Promise<void> {
    if (!this.#halting) return;
    const timeout = AbortSignal.timeout(HALT_TIMEOUT_MS);
    try {
      await orAborted(this.#halting, AbortSignal.any([signal, timeout]));
    } catch {
      signal.throwIfAborted();
      if (timeout.aborted) throw new SkyScanError('busy', 'the rotor is still being stopped');
    }
  }

  async #keepStopping(signal: AbortSignal): Promise<void> {
    const { logger, rotor } = this.#parts;
    const giveUpMs = performance.now() + UNATTENDED_LIMIT_MS;
    for (let attempt = 0; performance.now() < giveUpMs && !signal.aborted; attempt++) {
      try {
        const { pointing } = await this.halt();
        logger.info({ rotor: rotor().id, pointing }, 'the rotor has stopped');
        return;
      } catch (error) {
        if (attempt === 0) logger.error({ rotor: rotor().id, reason: errorMessage(error) }, 'stop failed');
        await sleep(backoffMs(attempt, 250, 2_000), signal).catch(() => undefined);
      }
    }
    if (!signal.aborted) logger.error({ rotor: rotor().id }, 'the rotor did not stop within the time limit');
  }
}
