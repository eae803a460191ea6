import { errorKind, errorMessage, SkyScanError } from '#shared/errors';
import type { Logger } from '#shared/logger';
import { axisDistanceDeg, formatPointing, type Pointing, type TravelLimits } from '#shared/pointing';
import type { RotorConfig } from '#shared/rotor-config';
import { backoffMs, createMutex, orAborted, sleep } from '#shared/waiting';
import type { Fence } from '../lease/fence.ts';
import { createLeaseKeeper, type Grant, type LeaseKeeper } from '../lease/keeper.ts';
import type { RotctldClient } from '../rotctld/client.ts';
import type { Recognition } from '../rotctld/recognise.ts';
import { stopAndVerify } from './halt.ts';
import { startPatrol, type Patrol } from './patrol.ts';
import { Readings, type Observed, type Sighting } from './readings.ts';
import { slewTo, StrayedError } from './slew.ts';

export interface RotorParts {
  client: RotctldClient;
  fence: Fence;
  logger: Logger;
  /** Shows a readback to the world; must not throw and not wait. */
  show: (observed: Observed) => void;
}

/** A lease as its holder gets it. */
export interface Held {
  grant: Grant;
  position: Observed;
  reportedLimits: TravelLimits | undefined;
}

interface Motion {
  kind: 'slew' | 'manual';
  abort: AbortController;
}

const REST_CHECK_MS = 120;
const DEAD_MAN_MS = 60_000;
const HALT_PATIENCE_MS = 5_000;

/** One rotator: who holds it, what it is doing, and that it is never left moving alone. */
export class Rotor {
  readonly #client: RotctldClient;
  readonly #fence: Fence;
  readonly #logger: Logger;
  readonly #life = new AbortController();
  readonly #readings: Readings;
  readonly #leases: LeaseKeeper;
  readonly #patrol: Patrol;
  readonly #inTurn = createMutex();
  #config: RotorConfig;
  #motion: Motion | undefined;
  #halting: Promise<Observed> | undefined;
  #deadMan: AbortController | undefined;
  /** Where it was left; undefined while that is not known. */
  #rest: Observed | undefined;
  #closing = false;

  constructor(config: RotorConfig, { client, fence, logger, show }: RotorParts) {
    this.#config = config;
    this.#client = client;
    this.#fence = fence;
    this.#logger = logger;
    this.#readings = new Readings(client, this.#life.signal, show);
    this.#leases = createLeaseKeeper((reason) => this.#stopUnattended(reason));
    this.#patrol = startPatrol({
      wanted: () => !this.#motion && !this.#halting && (this.#isHeld || this.#readings.watchers > 0),
      look: (signal) => this.#look(signal),
      life: this.#life.signal,
    });
  }

  /** Whether it must not be forgotten. */
  get inUse(): boolean {
    return (
      this.#isHeld || !!this.#motion || !!this.#halting || !!this.#deadMan || this.#readings.watchers > 0
    );
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  get #isHeld(): boolean {
    return this.#leases.holder !== undefined;
  }

  async probe(signal: AbortSignal): Promise<{ recognition: Recognition; position: Observed }> {
    const recognition = await this.#client.describe(signal);
    return { recognition, position: await this.#readings.read(signal) };
  }

  position(signal: AbortSignal): Promise<Observed> {
    return this.#readings.read(signal);
  }

  /** Readbacks whenever they are polled. */
  watch(signal: AbortSignal): AsyncIterable<Sighting> {
    const sightings = this.#readings.watch(signal);
    this.#patrol.wake();
    return sightings;
  }

  /** Exclusive use. Throws `busy` naming the holder; `unavailable`. */
  acquire(config: RotorConfig, holder: string, signal: AbortSignal): Promise<Held> {
    return this.#inTurn(async () => {
      signal.throwIfAborted();
      this.#refuseWhileTaken();
      await this.#untilHalted(signal);
      const { limits } = await this.#client.describe(signal);
      const position = await this.#atRest(config, signal);
      const token = await this.#fence.next();
      signal.throwIfAborted();
      this.#refuseWhileTaken();
      const grant = this.#leases.grant(token, holder);
      this.#take(config);
      this.#rest = position;
      this.#patrol.wake();
      return { grant, position, reportedLimits: limits };
    });
  }

  /** Moves under a lease. Throws `lease_lost` for an old token: nothing is sent. */
  async slew(token: number, target: Pointing, signal: AbortSignal): Promise<Observed> {
    this.#leases.require(token);
    await this.#untilHalted(signal);
    const over = this.#leases.require(token);
    if (this.#motion) throw new SkyScanError('busy', 'the rotor is slewing already');
    return this.#drive('slew', this.#config, target, AbortSignal.any([signal, over]));
  }

  /** Moves by hand; returns when the move is on its way and watches it until it has arrived. Throws `busy` while leased. */
  async move(config: RotorConfig, target: Pointing, signal: AbortSignal): Promise<Observed> {
    this.#refuseWhileLeased();
    await this.#untilHalted(signal);
    this.#refuseWhileLeased();
    if (this.#motion) this.#motion.abort.abort(new SkyScanError('cancelled', REPLACED));
    this.#motion = undefined;
    this.#take(config);
    return new Promise((resolve) => {
      const moving = (from: Observed) => resolve({ ...from, moving: true });
      const arrival = this.#drive('manual', config, target, this.#life.signal, moving);
      arrival.catch((error: unknown) => {
        resolve(arrival);
        if (errorKind(error) !== 'cancelled')
          this.#logger.warn({ rotor: config.id, reason: errorMessage(error) }, 'move by hand failed');
      });
    });
  }

  /** Stops it, verified. Without a token every lease is over; with the token of the lease it stays. */
  async stop(config: RotorConfig, token: number | undefined): Promise<Observed> {
    if (token !== undefined) this.#leases.require(token);
    else if (!this.inUse) this.#config = config;
    const unattended = !!this.#motion || this.#isHeld;
    this.#motion?.abort.abort(new SkyScanError(token === undefined ? 'lease_lost' : 'cancelled', STOPPED));
    const halted = this.#halt();
    if (token === undefined) this.#leases.revoke({ reason: STOPPED, mayReacquire: false });
    try {
      return await halted;
    } catch (error) {
      if (unattended) this.#stopUnattended(errorMessage(error));
      throw error;
    }
  }

  /** Ends every use and stops what moves; for at most `budgetMs`. */
  async close(budgetMs: number): Promise<void> {
    this.#closing = true;
    const moves = this.inUse && (!!this.#motion || this.#isHeld || !!this.#halting || !!this.#deadMan);
    const reason = 'rotor-driver is shutting down';
    this.#motion?.abort.abort(new SkyScanError('unavailable', reason));
    this.#leases.revoke({ reason, mayReacquire: true });
    if (moves)
      await orAborted(this.#halt(), AbortSignal.timeout(budgetMs)).catch((error: unknown) =>
        this.#logger.error(
          { rotor: this.#config.id, reason: errorMessage(error) },
          'not seen to have stopped',
        ),
      );
    this.#life.abort(new SkyScanError('unavailable', reason));
    this.#readings.close();
    this.#client.close();
  }

  async #drive(
    kind: Motion['kind'],
    rotor: RotorConfig,
    target: Pointing,
    signal: AbortSignal,
    onMoving?: (from: Observed) => void,
  ): Promise<Observed> {
    const motion: Motion = { kind, abort: new AbortController() };
    this.#motion = motion;
    const progress: { sent: boolean; start?: Observed } = { sent: false };
    try {
      if (this.#closing) throw new SkyScanError('unavailable', 'rotor-driver is shutting down');
      const rig = { client: this.#client, readings: this.#readings, rotor };
      const both = AbortSignal.any([signal, motion.abort.signal]);
      const readback = await slewTo(rig, target, both, {
        onStart: async (from) => {
          if (kind === 'slew') await this.#requireUndisturbed(from, both);
          progress.start = from;
        },
        onSending: () => {
          this.#deadMan?.abort();
          this.#rest = undefined;
          progress.sent = true;
        },
        onSent: () => {
          if (progress.start) onMoving?.(progress.start);
        },
      });
      this.#rest = readback;
      return readback;
    } catch (error) {
      this.#endMotion(motion);
      if (error instanceof StrayedError) this.#leases.revoke({ reason: error.message, mayReacquire: false });
      const replaced = error instanceof SkyScanError && error.message === REPLACED;
      // Out of reach, nothing can be stopped; the holder reads the position again and decides.
      if (progress.sent && !replaced && errorKind(error) !== 'unavailable') await this.#haltAfter(error);
      throw error;
    } finally {
      this.#endMotion(motion);
      this.#patrol.wake();
    }
  }

  #endMotion(motion: Motion): void {
    if (this.#motion !== motion) return;
    this.#motion = undefined;
    this.#readings.underWay = false;
  }

  async #haltAfter(error: unknown): Promise<void> {
    try {
      await this.#halt();
    } catch {
      this.#stopUnattended(errorMessage(error));
    }
  }

  /** Sends `S` at once and verifies; whoever asks meanwhile gets the same answer. */
  #halt(): Promise<Observed> {
    this.#halting ??= stopAndVerify(this.#client, this.#readings, this.#config, this.#life.signal)
      .then((rest) => (this.#rest = rest))
      .finally(() => {
        this.#halting = undefined;
        this.#patrol.wake();
      });
    this.#halting.catch(() => undefined);
    return this.#halting;
  }

  /** The dead-man stop: tries until the rotor is seen to rest, for a minute, or until somebody moves it again. */
  #stopUnattended(reason: string): void {
    if (this.#deadMan || this.#life.signal.aborted) return;
    const run = new AbortController();
    this.#deadMan = run;
    this.#logger.warn({ rotor: this.#config.id, reason }, 'stopping the rotor');
    void this.#keepStopping(AbortSignal.any([run.signal, this.#life.signal])).finally(
      () => (this.#deadMan = undefined),
    );
  }

  async #keepStopping(signal: AbortSignal): Promise<void> {
    const giveUpMs = performance.now() + DEAD_MAN_MS;
    for (let attempt = 0; performance.now() < giveUpMs && !signal.aborted; attempt++) {
      try {
        const { pointing } = await this.#halt();
        this.#logger.info({ rotor: this.#config.id, pointing }, 'the rotor has stopped');
        return;
      } catch (error) {
        if (attempt === 0)
          this.#logger.error({ rotor: this.#config.id, reason: errorMessage(error) }, 'stop failed');
        await sleep(backoffMs(attempt, 250, 2_000), signal).catch(() => undefined);
      }
    }
    if (!signal.aborted) this.#logger.error({ rotor: this.#config.id }, 'the rotor was not seen to stop');
  }

  async #untilHalted(signal: AbortSignal): Promise<void> {
    if (!this.#halting) return;
    const patience = AbortSignal.timeout(HALT_PATIENCE_MS);
    try {
      await orAborted(this.#halting, AbortSignal.any([signal, patience]));
    } catch {
      signal.throwIfAborted();
      if (patience.aborted) throw new SkyScanError('busy', 'the rotor is still being stopped');
    }
  }

  /** The position of a rotor that rests; one that moves alone is stopped first. */
  async #atRest(config: RotorConfig, signal: AbortSignal): Promise<Observed> {
    const first = await this.#readings.read(signal);
    await sleep(REST_CHECK_MS, signal);
    const second = await this.#readings.read(signal);
    if (!second.moving && axisDistanceDeg(first.pointing, second.pointing) <= 0.02) return second;
    this.#config = config;
    return this.#halt();
  }

  /** One look at a rotor that should rest. */
  async #look(signal: AbortSignal): Promise<'calm' | 'moving'> {
    const expected = this.#rest;
    const observed = await this.#readings.read(signal);
    const undisturbed = () => !this.#motion && !this.#halting && this.#rest === expected;
    if (this.#isHeld && undisturbed()) {
      if (!expected) {
        if (!observed.moving) this.#rest = observed;
      } else if (this.#isOff(observed, expected)) {
        // One wrong readback is no motion.
        const again = await this.#readings.read(signal);
        if (undisturbed() && this.#isOff(again, expected)) this.#disturbed(again, expected);
      }
    }
    return observed.moving ? 'moving' : 'calm';
  }

  async #requireUndisturbed(from: Observed, signal: AbortSignal): Promise<void> {
    const expected = this.#rest;
    if (!expected || !this.#isOff(from, expected)) return;
    const again = await this.#readings.read(signal);
    if (this.#isOff(again, expected)) throw this.#disturbed(again, expected);
  }

  #disturbed(observed: Observed, expected: Observed): StrayedError {
    const error = new StrayedError(
      `at ${formatPointing(observed.pointing)} instead of ${formatPointing(expected.pointing)}`,
    );
    this.#rest = undefined;
    this.#leases.revoke({ reason: error.message, mayReacquire: false });
    this.#stopUnattended(error.message);
    return error;
  }

  #isOff(observed: Observed, expected: Observed): boolean {
    return axisDistanceDeg(observed.pointing, expected.pointing) > Math.max(1, this.#config.toleranceDeg);
  }

  #take(config: RotorConfig): void {
    this.#deadMan?.abort();
    this.#config = config;
  }

  #refuseWhileLeased(): void {
    if (this.#closing) throw new SkyScanError('unavailable', 'rotor-driver is shutting down');
    if (this.#isHeld)
      throw new SkyScanError('busy', `the rotor is held by ${this.#leases.holder ?? 'somebody else'}`);
  }

  #refuseWhileTaken(): void {
    this.#refuseWhileLeased();
    if (this.#motion) throw new SkyScanError('busy', 'the rotor is moving by hand');
  }
}

const STOPPED = 'stopped by request';
const REPLACED = 'replaced by another move';
