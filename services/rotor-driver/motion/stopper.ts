import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { axisDistanceDeg } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import type { RotctldClient } from './rotctld-client.ts';
import { readPatiently } from './read-patiently.ts';
import { stopAndVerify, type Rest } from './halt.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

export interface StopperParts {
  client: RotctldClient;
  readings: Readings;
  logger: Logger;
  life: AbortSignal;
  rotor: () => RotorConfig;
  /** It has come to rest. */
  onRest: (rest: Observed) => void;
  /** Stopping is over, whichever way. */
  onOver: () => void;
}

const UNATTENDED_MS = 60_000;
const PATIENCE_MS = 5_000;
const REST_CHECK_MS = 120;
const RESTS_DEG = 0.02;

/** Stops a rotor: for somebody who waits for it, or for nobody when its holder has died. */
export class Stopper {
  readonly #parts: StopperParts;
  #halting: Promise<Rest> | undefined;
  #unattended: AbortController | undefined;

  constructor(parts: StopperParts) {
    this.#parts = parts;
  }

  /** A stop has been sent and the rotor has not been seen to rest yet. */
  get halting(): boolean {
    return !!this.#halting;
  }

  /** Somebody or something still wants the rotor to rest. */
  get busy(): boolean {
    return this.halting || !!this.#unattended;
  }

  /**
   * Sends `S` at once and returns where the rotor rests; whoever asks meanwhile gets the same
   * answer.
   */
  halt(): Promise<Rest> {
    const { client, readings, rotor, life, logger, onRest, onOver } = this.#parts;
    if (!this.#halting) readings.apply({ kind: 'told', setpoint: undefined });
    this.#halting ??= stopAndVerify(client, readings, rotor(), life)
      .then((rest) => {
        onRest(rest);
        if (rest.remark)
          logger.warn({ rotor: rotor().id, reason: rest.remark }, 'not stopped as it should be');
        return rest;
      })
      .finally(() => {
        this.#halting = undefined;
        onOver();
      });
    this.#halting.catch(() => undefined);
    return this.#halting;
  }

  /** The position of a rotor that rests; one that moves is stopped first. */
  async atRest(signal: AbortSignal): Promise<Observed> {
    const { readings } = this.#parts;
    const first = await readPatiently(readings, signal);
    await sleep(REST_CHECK_MS, signal);
    const second = await readPatiently(readings, signal);
    const rests = !second.moving && axisDistanceDeg(first.pointing, second.pointing) <= RESTS_DEG;
    return rests ? second : this.halt();
  }

  /**
   * The dead-man stop: tries until the rotor is seen to rest, for a minute, or until somebody moves
   * it again.
   */
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

  /** Somebody moves it again. */
  endUnattended(): void {
    this.#unattended?.abort();
  }

  /** Waits for a stop that is under way. Throws `busy` when it takes too long. */
  async untilHalted(signal: AbortSignal): Promise<void> {
    if (!this.#halting) return;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      await orAborted(this.#halting, AbortSignal.any([signal, patience]));
    } catch {
      signal.throwIfAborted();
      if (patience.aborted) throw new SkyScanError('busy', 'the rotor is still being stopped');
    }
  }

  async #keepStopping(signal: AbortSignal): Promise<void> {
    const { logger, rotor } = this.#parts;
    const giveUpMs = performance.now() + UNATTENDED_MS;
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
    if (!signal.aborted) logger.error({ rotor: rotor().id }, 'the rotor was not seen to stop');
  }
}
