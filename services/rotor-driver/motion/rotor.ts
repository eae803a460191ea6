import type { OwnLevels } from '../rotctld/birdcage.ts';
import { errorKind, errorMessage, SkyScanError } from '#shared/errors';
import { axisDistanceDeg, type Pointing } from '#shared/pointing';
import type { RotorConfig } from '#shared/rotor-config';
import { createMutex, orAborted, sleep, withEither } from '#shared/waiting';
import { createLeaseKeeper, LeaseOverError, type LeaseKeeper } from '../lease/keeper.ts';
import { RELEASED } from '../lease/lease.ts';
import { allowTheSame } from '../domain/permit.ts';
import { describeRestOnly } from '../domain/rest-only-readback.ts';
import { NotNowError } from '../domain/way.ts';
import { Cable, type CableTurn } from './cable.ts';
import { DisturbedError, needsStop, ReplacedError } from './endings.ts';
import type { Rest } from './halt.ts';
import { startPatrol, type Patrol } from './patrol.ts';
import { readPatiently } from './read-patiently.ts';
import { Readings, type Observed, type Sighting } from './readings.ts';
import {
  CHARACTERISE,
  type Drive,
  type Held,
  type HowToSlew,
  type Probed,
  type RotorParts,
} from './rotor-parts.ts';
import { Sentry } from './sentry.ts';
import { sleepUntil } from './sleep-until.ts';
import { slewTo, type Arrived } from './slew.ts';
import { Stopper } from './stopper.ts';

const STOPPED = 'stopped by request';
const CLOSING = 'rotor-driver is shutting down';
const REST_CHECK_MS = 120;
// Between portions the position is looked at.
const READS_AT_ONCE = 50;

/** One rotator: who holds it, what it is doing, and that it is never left moving alone. */
export class Rotor {
  readonly #parts: RotorParts;
  readonly #life = new AbortController();
  readonly #cable: Cable;
  readonly #readings: Readings;
  readonly #leases: LeaseKeeper;
  readonly #stopper: Stopper;
  readonly #sentry: Sentry;
  readonly #patrol: Patrol;
  readonly #inTurn = createMutex();
  #config: RotorConfig;
  /** The move that is under way; aborting it ends it. */
  #motion: AbortController | undefined;
  #parks = false;
  #closing = false;

  constructor(config: RotorConfig, parts: RotorParts) {
    const { client, logger, show } = parts;
    const life = this.#life.signal;
    this.#parts = parts;
    this.#config = config;
    const cable = new Cable(() => this.#config, parts.frames);
    this.#cable = cable;
    this.#readings = new Readings({ client, life, show, cable });
    this.#sentry = new Sentry(this.#readings, () => this.#config, parts.whereabouts);
    this.#stopper = new Stopper({
      client,
      readings: this.#readings,
      logger,
      life,
      rotor: () => this.#config,
      onRest: (rest) => this.#sentry.rests(rest),
      onOver: () => this.#changed(),
    });
    this.#leases = createLeaseKeeper((reason) => this.#stopper.stopUnattended(reason));
    this.#patrol = startPatrol({
      wanted: () => !this.#isDriven && (this.#isHeld || this.#readings.watchers > 0),
      look: (signal) => this.#look(signal),
      life,
    });
  }

  /** Whether it must not be forgotten. */
  get inUse(): boolean {
    return this.#isInHand || this.#readings.watchers > 0;
  }

  /** It is held, moves by hand, or is not yet seen to rest after a stop. */
  get inHand(): boolean {
    return this.#isInHand;
  }

  /** As it was last used. */
  get config(): RotorConfig {
    return this.#config;
  }

  get connected(): boolean {
    return this.#parts.client.connected;
  }

  /** What its server was asked when it was last recognised, and what came of it. */
  get attempts(): readonly string[] {
    return this.#parts.client.attempts;
  }

  get #isHeld(): boolean {
    return this.#leases.holder !== undefined;
  }

  get #isDriven(): boolean {
    return !!this.#motion || this.#stopper.halting;
  }

  get #isInHand(): boolean {
    return this.#isHeld || !!this.#motion || this.#stopper.busy;
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    const recognition = await this.#parts.client.describe(signal);
    const position = await readPatiently(this.#readings, signal);
    const { resolutionDeg, restOnly, awayChange } = this.#readings;
    return { recognition, position, resolutionDeg, restOnly, awayChange };
  }

  /** The readback now. With the token of a lease: one that the holder may trust; throws `lease_lost`, `hardware_fault`. */
  async position(signal: AbortSignal, token?: number): Promise<Observed> {
    if (token !== undefined) this.#leases.require(token);
    const observed = await readPatiently(this.#readings, signal);
    await this.#checkRest(observed, signal);
    if (token !== undefined) this.#leases.require(token);
    return observed;
  }

  /** How its cable lies, for a controller that reports directions only; with `turn`: as somebody has seen. Throws `busy`, `out_of_range`. */
  async turn(config: RotorConfig, turn: number | undefined, signal: AbortSignal): Promise<CableTurn> {
    if (turn !== undefined) this.#refuseWhileTaken();
    if (!this.#isInHand) this.#config = config;
    await readPatiently(this.#readings, signal);
    if (turn !== undefined) {
      this.#refuseWhileTaken();
      this.#cable.setTurn(turn);
    }
    const now = this.#cable.turn;
    if (!now) throw new SkyScanError('unavailable', 'rotctld has not reported a position yet');
    return now;
  }

  /** Readbacks whenever they are polled. */
  watch(signal: AbortSignal): AsyncIterable<Sighting> {
    const sightings = this.#readings.watch(signal);
    this.#patrol.wake();
    return sightings;
  }

  /** Exclusive use. Throws `busy` naming the holder; `unavailable`. */
  acquire(asked: RotorConfig, holder: string, signal: AbortSignal): Promise<Held> {
    return this.#inTurn(async () => {
      signal.throwIfAborted();
      const config = this.#parts.permit(asked);
      this.#refuseWhileTaken();
      await this.#stopper.untilHalted(signal);
      const { limits } = await this.#parts.client.describe(signal);
      const position = await this.#atRest(signal);
      await this.#sentry.checkFor(holder, position, signal);
      const token = await this.#parts.fence.next();
      signal.throwIfAborted();
      this.#refuseWhileTaken();
      const grant = this.#leases.grant(token, holder);
      grant.over.addEventListener('abort', () => this.#leaseOver(grant.over));
      this.#stopper.endUnattended();
      this.#config = config;
      this.#sentry.accept(holder, position);
      this.#changed();
      return { grant, position, reportedLimits: limits };
    });
  }

  /** Moves under a lease. Throws `lease_lost` for an old token: nothing is sent. */
  async slew(token: number, target: Pointing, signal: AbortSignal, how: HowToSlew = {}): Promise<Arrived> {
    this.#leases.require(token);
    await this.#stopper.untilHalted(signal);
    const over = this.#leases.require(token);
    this.#config = this.#parts.permit(this.#config);
    this.#refuseWhileSuspended(this.#config, target);
    if (this.#motion) throw new SkyScanError('busy', 'the rotor is slewing already');
    return withEither([signal, over], (both) => this.#drive(target, both, { ...how, guarded: true }));
  }

  /**
   * A slew on which something is measured: polled as quickly as the link can take, and not settled on. Throws `hardware_fault` for a
   * controller that reports its position only at rest, once that was seen.
   */
  async sweep(token: number, target: Pointing, signal: AbortSignal): Promise<Arrived> {
    const rotor = { ...this.#config, settleMs: 0 };
    const arrived = await this.slew(token, target, signal, { trial: { rotor, onCommand: () => undefined } });
    this.requireVisible('a sweep', 'Scan in steps (scan_mode step)');
    return arrived;
  }

  /** Levels, dBm, from the rotator's own receiver, under a lease. Throws `lease_lost`; `unsupported` when it has none. */
  async measure(token: number, reads: number, signal: AbortSignal): Promise<OwnLevels> {
    return withEither([signal, this.#leases.require(token)], async (under) => {
      if (this.#isDriven) throw new SkyScanError('busy', 'the rotor is moving');
      const all: OwnLevels = { levels: [], summarised: false };
      while (all.levels.length < reads) {
        const portion = Math.min(reads - all.levels.length, READS_AT_ONCE);
        const { levels, summarised } = await this.#parts.client.measure(portion, token, under);
        all.levels.push(...levels);
        all.summarised ||= summarised;
      }
      return all;
    });
  }

  /** Moves by hand; returns when the move is on its way and watches it until it has arrived. Throws `busy` while leased. */
  async move(asked: RotorConfig, target: Pointing, signal: AbortSignal): Promise<Observed> {
    this.#refuseWhileLeased();
    await this.#stopper.untilHalted(signal);
    this.#refuseWhileLeased();
    const config = this.#parts.permit(asked);
    this.#refuseWhileSuspended(config, target);
    const replaces = this.#motion !== undefined;
    this.#motion?.abort(new ReplacedError());
    this.#config = config;
    return new Promise((resolve) => {
      const onSent = (from: Observed) => resolve({ ...from, moving: true });
      const arrival = this.#drive(target, this.#life.signal, { guarded: false, replaces, onSent });
      arrival.catch((error: unknown) => {
        resolve(arrival);
        if (errorKind(error) !== 'cancelled')
          this.#parts.logger.warn({ rotor: config.id, reason: errorMessage(error) }, 'move by hand failed');
      });
    });
  }

  /** Stops it, verified. Without a token every lease is over; with the token of the lease it stays. */
  async stop(config: RotorConfig, token: number | undefined): Promise<Rest> {
    if (token !== undefined) this.#leases.require(token);
    else if (!this.#isInHand) this.#config = config;
    const inHand = this.#isInHand;
    const kind = token === undefined ? 'lease_lost' : 'cancelled';
    this.#motion?.abort(new SkyScanError(kind, STOPPED));
    const rest = this.#stopper.halt();
    if (token === undefined) this.#leases.revoke({ reason: STOPPED, mayReacquire: false });
    try {
      return await rest;
    } catch (error) {
      if (inHand) this.#stopper.stopUnattended(errorMessage(error));
      throw error;
    }
  }

  /** Throws `hardware_fault` for a controller that was seen to report its position only at rest. */
  requireVisible(what: string, instead: string): void {
    const { restOnly } = this.#readings;
    if (restOnly)
      throw new SkyScanError(
        'hardware_fault',
        `${what} needs a position that is reported in motion; ${describeRestOnly(restOnly)}. ${instead}`,
      );
  }

  /** What owners allow has changed: a move that began under another permission is stopped. */
  checkPermit(): void {
    if (!this.#motion) return;
    try {
      if (allowTheSame(this.#parts.permit(this.#config), this.#config)) return;
      this.#motion.abort(new SkyScanError('wrong_state', 'what the owner of the rotor allows has changed'));
    } catch (error) {
      this.#motion.abort(error);
    }
  }

  /** What forbids motion has come up: what moves by hand is stopped, unless it parks. A holder knows the conditions itself. */
  suspend(reason: string): void {
    if (this.#leases.holder === CHARACTERISE) this.#leases.revoke({ reason, mayReacquire: false });
    else if (!this.#isHeld && !this.#parks) this.#motion?.abort(new SkyScanError('wrong_state', reason));
  }

  /** A process before this one died while the rotor was in hand: it may be moving still. */
  stopLeftover(): void {
    this.#stopper.stopUnattended('it was in hand when rotor-driver died');
    this.#changed();
  }

  /** Ends every use and stops what moves; for at most `budgetMs`. */
  async close(budgetMs: number): Promise<void> {
    this.#closing = true;
    const inHand = this.#isInHand;
    this.#motion?.abort(new SkyScanError('unavailable', CLOSING));
    this.#leases.revoke({ reason: CLOSING, mayReacquire: true });
    if (inHand)
      await orAborted(this.#stopper.halt(), AbortSignal.timeout(budgetMs)).catch((error: unknown) =>
        this.#parts.logger.error(
          { rotor: this.#config.id, reason: errorMessage(error) },
          'not seen to have stopped',
        ),
      );
    this.#life.abort(new SkyScanError('unavailable', CLOSING));
    this.#readings.close();
    this.#parts.client.close();
  }

  async #drive(target: Pointing, signal: AbortSignal, how: Drive): Promise<Arrived> {
    const { guarded, replaces = false, onSent, trial, announced } = how;
    if (this.#closing) throw new SkyScanError('unavailable', CLOSING);
    const motion = new AbortController();
    this.#motion = motion;
    this.#parks = isPark(this.#config, target);
    this.#changed();
    const progress = { sent: false };
    try {
      const { client, clearance } = this.#parts;
      const rotor = trial ? this.#parts.permit(trial.rotor) : this.#config;
      const rig = { client, readings: this.#readings, rotor, trial, sunFor: clearance.sunFor };
      const both = AbortSignal.any([signal, motion.signal]);
      const readback = await slewTo(rig, target, both, {
        onStart: async (from) => {
          const disturbance = await this.#sentry.disturbance(from, both);
          // Whoever moves by hand sees where it points; the holder before hears of it when it comes back.
          if (disturbance && !guarded) this.#sentry.reportLater(disturbance);
          else if (disturbance) throw disturbance;
        },
        onProgress: (readback, setpoint) => this.#sentry.movesTo(setpoint, readback),
        onSending: (from, setpoint) => {
          this.#stopper.endUnattended();
          this.#sentry.movesTo(setpoint, from);
          // Once: a move may take several legs, and a second try.
          if (!progress.sent) this.#readings.setpoint = target;
          progress.sent = true;
        },
        onSent: (from) => onSent?.(from),
      });
      if (!announced) await sleepUntil(readback.settledAtMs, both);
      this.#sentry.arrived(readback, target);
      if (!guarded) this.#cable.confirmTurn();
      return readback;
    } catch (error) {
      this.#endMotion(motion);
      if (error instanceof DisturbedError)
        this.#leases.revoke({ reason: error.message, mayReacquire: false });
      const leftAlone = replaces && !progress.sent && !(error instanceof ReplacedError);
      if (leftAlone || needsStop(error, progress.sent)) await this.#stopAfter(error);
      throw error;
    } finally {
      this.#endMotion(motion);
      this.#changed();
    }
  }

  #endMotion(motion: AbortController): void {
    if (this.#motion !== motion) return;
    this.#motion = undefined;
    this.#readings.towards = undefined;
  }

  async #stopAfter(error: unknown): Promise<void> {
    try {
      await this.#stopper.halt();
    } catch {
      this.#stopper.stopUnattended(errorMessage(error));
    }
  }

  /** The position of a rotor that rests; one that moves alone is stopped first. */
  async #atRest(signal: AbortSignal): Promise<Observed> {
    const first = await readPatiently(this.#readings, signal);
    await sleep(REST_CHECK_MS, signal);
    const second = await readPatiently(this.#readings, signal);
    const rests = !second.moving && axisDistanceDeg(first.pointing, second.pointing) <= 0.02;
    return rests ? second : this.#stopper.halt();
  }

  /** One look at a rotor that should rest. */
  async #look(signal: AbortSignal): Promise<'calm' | 'moving'> {
    const observed = await readPatiently(this.#readings, signal);
    await this.#checkRest(observed, signal);
    return observed.moving ? 'moving' : 'calm';
  }

  /** Ends the lease of a rotor that is somewhere else than it was left, stops it, and throws why. */
  async #checkRest(observed: Observed, signal: AbortSignal): Promise<void> {
    if (!this.#isHeld || this.#isDriven) return;
    const disturbance = await this.#sentry.disturbance(observed, signal);
    if (!disturbance) return;
    this.#leases.revoke({ reason: disturbance.message, mayReacquire: false });
    this.#stopper.stopUnattended(disturbance.message);
    throw disturbance;
  }

  #leaseOver(over: AbortSignal): void {
    if (over.reason instanceof LeaseOverError && over.reason.end === RELEASED) this.#sentry.forget();
    this.#changed();
  }

  #changed(): void {
    this.#parts.note(this.#config, this.#isInHand);
    this.#patrol.wake();
  }

  /** Wind and rain leave one move: the one to the park pointing. */
  #refuseWhileSuspended(config: RotorConfig, target: Pointing): void {
    const reason = this.#parts.clearance.suspended();
    if (reason !== undefined && !isPark(config, target))
      throw new NotNowError(`moves are suspended, except to the park pointing: ${reason}`);
  }

  #refuseWhileLeased(): void {
    if (this.#closing) throw new SkyScanError('unavailable', CLOSING);
    const { holder } = this.#leases;
    if (holder !== undefined) throw new SkyScanError('busy', `the rotor is held by ${holder}`);
  }

  #refuseWhileTaken(): void {
    this.#refuseWhileLeased();
    if (this.#motion) throw new SkyScanError('busy', 'the rotor is moving by hand');
  }
}

function isPark({ park }: RotorConfig, target: Pointing): boolean {
  return axisDistanceDeg(park, target) === 0;
}
