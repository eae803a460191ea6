import { Mutex } from 'async-mutex';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { orAborted, withEither } from '#shared/runtime/waiting';
import { knownResolutionDeg, type MotionState } from '../domain/motion-state.ts';
import { allowTheSame } from '../domain/permit.ts';
import type { Observed } from '../domain/reading.ts';
import { requireVisible } from '../domain/rest-only-readback.ts';
import { createLeaseKeeper, LeaseOverError, type LeaseKeeper } from './keeper.ts';
import { RELEASED, type Holder } from '../domain/lease.ts';
import type { OwnLevels } from './rotctld-client.ts';
import { RotctldError } from '../domain/rotctld-error.ts';
import { Admission, CLOSING } from './admission.ts';
import { Cable, type CableTurn } from './cable.ts';
import type { Rest } from './halt.ts';
import { measureInPortions } from './measure.ts';
import { Mover, type HowToSlew } from './mover.ts';
import { startPatrol, type Patrol } from './patrol.ts';
import { readPatiently } from './read-patiently.ts';
import { Readings, type Sighting } from './readings.ts';
import { CHARACTERISE, type Held, type Probed, type RotorParts } from './rotor-parts.ts';
import { Sentry } from './sentry.ts';
import type { Arrived } from './slew.ts';
import { Stopper } from './stopper.ts';

const STOPPED = 'stopped by request';

/** One rotator: who holds it, what it is doing, and that it is never left moving alone. */
export class Rotor {
  readonly #parts: RotorParts;
  readonly #life = new AbortController();
  readonly #cable: Cable;
  readonly #readings: Readings;
  readonly #leases: LeaseKeeper;
  readonly #stopper: Stopper;
  readonly #sentry: Sentry;
  readonly #mover: Mover;
  readonly #admission: Admission;
  readonly #patrol: Patrol;
  readonly #acquisitions = new Mutex();
  #config: RotorConfig;

  constructor(config: RotorConfig, parts: RotorParts) {
    const { client, clearance, permit, logger, show } = parts;
    const life = this.#life.signal;
    this.#parts = parts;
    this.#config = config;
    this.#cable = new Cable(() => this.#config, parts.frames);
    this.#readings = new Readings({ client, life, show, cable: this.#cable });
    this.#sentry = new Sentry(this.#readings, () => this.#config, parts.whereabouts);
    const common = { client, readings: this.#readings, logger, life };
    this.#stopper = new Stopper({
      ...common,
      rotor: () => this.#config,
      onRest: (rest) => this.#sentry.rests(rest),
      onOver: () => this.#changed(),
    });
    this.#leases = createLeaseKeeper((reason) => this.#stopper.stopUnattended(reason));
    this.#mover = new Mover({
      ...common,
      clearance,
      permit,
      sentry: this.#sentry,
      stopper: this.#stopper,
      cable: this.#cable,
      onDisturbed: (reason) => this.#leases.revoke({ reason, mayReacquire: false }),
      onChanged: () => this.#changed(),
    });
    this.#admission = new Admission({
      clearance,
      holder: () => this.#leases.holder,
      isMoving: () => this.#mover.isMoving,
    });
    this.#patrol = startPatrol({
      wanted: () => !this.#isDriven && (this.#isHeld || this.#readings.watchers > 0),
      look: async (signal) => ((await this.position(signal)).moving ? 'moving' : 'calm'),
      life,
    });
  }

  /** Whether it must not be forgotten. */
  get inUse(): boolean {
    return this.inHand || this.#readings.watchers > 0;
  }

  /** It is held, moves by hand, or is not yet seen to rest after a stop. */
  get inHand(): boolean {
    return this.#isHeld || this.#mover.isMoving || this.#stopper.busy;
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
    return this.#mover.isMoving || this.#stopper.halting;
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    const recognition = await this.#parts.client.describe(signal);
    const position = await readPatiently(this.#readings, signal);
    const { restOnly, awayChange } = this.motion;
    const resolutionDeg = knownResolutionDeg(this.motion);
    return { recognition, position, resolutionDeg, restOnly, awayChange };
  }

  /** What is known of how it moves and reports. */
  get motion(): MotionState {
    return this.#readings.state;
  }

  /**
   * The readback now. With the token of a lease: one that the holder may trust; throws
   * `lease_lost`, `hardware_fault`.
   */
  async position(signal: AbortSignal, token?: number): Promise<Observed> {
    if (token !== undefined) this.#leases.require(token);
    const observed = await readPatiently(this.#readings, signal);
    await this.#checkRest(observed, signal);
    if (token !== undefined) this.#leases.require(token);
    return observed;
  }

  /**
   * How its cable lies, for a controller that reports directions only; with `turn`: as somebody has
   * seen. Throws `busy`, `out_of_range`.
   */
  async turn(config: RotorConfig, turn: number | undefined, signal: AbortSignal): Promise<CableTurn> {
    if (turn !== undefined) this.#admission.checkFree();
    if (!this.inHand) this.#config = config;
    await readPatiently(this.#readings, signal);
    if (turn !== undefined) {
      this.#admission.checkFree();
      this.#cable.setTurn(turn);
    }
    const now = this.#cable.turn;
    if (!now) throw new RotctldError('rotctld has not reported a position yet');
    return now;
  }

  /** Readbacks whenever they are polled. */
  watch(signal: AbortSignal): AsyncIterable<Sighting> {
    const sightings = this.#readings.watch(signal);
    this.#patrol.wake();
    return sightings;
  }

  /** Exclusive use. Throws `busy` naming the holder; `unavailable`. */
  acquire(asked: RotorConfig, holder: Holder, signal: AbortSignal): Promise<Held> {
    return this.#acquisitions.runExclusive(async () => {
      signal.throwIfAborted();
      const config = this.#parts.permit(asked);
      this.#admission.checkFree();
      await this.#stopper.untilHalted(signal);
      const { limits } = await this.#parts.client.describe(signal);
      const position = await this.#stopper.atRest(signal);
      await this.#sentry.checkFor(holder.name, position, signal);
      const token = await this.#parts.fence.next();
      signal.throwIfAborted();
      this.#admission.checkFree();
      const grant = this.#leases.grant(token, holder);
      grant.over.addEventListener('abort', () => this.#leaseOver(grant.over));
      this.#stopper.endUnattended();
      this.#config = config;
      this.#sentry.accept(holder.name, position);
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
    this.#admission.checkNotSuspended(this.#config, target);
    if (this.#mover.isMoving) throw new SkyScanError('busy', 'the rotor is slewing already');
    this.#admission.checkOpen();
    return withEither([signal, over], (both) => this.#mover.slew(this.#config, target, both, how));
  }

  /**
   * A slew on which something is measured: polled as quickly as the link can take, and not settled
   * on. Throws `hardware_fault` for a controller that reports its position only at rest, once that
   * was seen.
   */
  async sweep(token: number, target: Pointing, signal: AbortSignal): Promise<Arrived> {
    const rotor = { ...this.#config, settleMs: 0 };
    const arrived = await this.slew(token, target, signal, { trial: { rotor, onCommand: () => undefined } });
    requireVisible(this.motion.restOnly, 'a sweep', 'Scan in steps (scan_mode step)');
    return arrived;
  }

  /**
   * Levels, dBm, from the rotator's own receiver, under a lease. Throws `lease_lost`; `unsupported`
   * when it has none.
   */
  async measure(token: number, reads: number, signal: AbortSignal): Promise<OwnLevels> {
    return withEither([signal, this.#leases.require(token)], async (under) => {
      if (this.#isDriven) throw new SkyScanError('busy', 'the rotor is moving');
      return measureInPortions(this.#parts.client, reads, token, under);
    });
  }

  /**
   * Moves by hand; returns when the move is on its way and watches it until it has arrived. Throws
   * `busy` while leased.
   */
  async move(asked: RotorConfig, target: Pointing, signal: AbortSignal): Promise<Observed> {
    this.#admission.checkNotLeased();
    await this.#stopper.untilHalted(signal);
    this.#admission.checkNotLeased();
    const config = this.#parts.permit(asked);
    this.#admission.checkNotSuspended(config, target);
    this.#config = config;
    return this.#mover.moveByHand(config, target);
  }

  /**
   * Stops it, verified. Without a token every lease is over; with the token of the lease it stays.
   */
  async stop(config: RotorConfig, token: number | undefined): Promise<Rest> {
    if (token !== undefined) this.#leases.require(token);
    else if (!this.inHand) this.#config = config;
    const inHand = this.inHand;
    const kind = token === undefined ? 'lease_lost' : 'cancelled';
    this.#mover.end(new SkyScanError(kind, STOPPED));
    const rest = this.#stopper.halt();
    if (token === undefined) this.#leases.revoke({ reason: STOPPED, mayReacquire: false });
    try {
      return await rest;
    } catch (error) {
      if (inHand) this.#stopper.stopUnattended(errorMessage(error));
      throw error;
    }
  }

  /** What owners allow has changed: a move that began under another permission is stopped. */
  checkPermit(): void {
    if (!this.#mover.isMoving) return;
    try {
      if (allowTheSame(this.#parts.permit(this.#config), this.#config)) return;
      this.#mover.end(new SkyScanError('wrong_state', 'what the owner of the rotor allows has changed'));
    } catch (error) {
      this.#mover.end(error);
    }
  }

  /**
   * What forbids motion has come up: what moves by hand is stopped, unless it parks. A holder knows
   * the conditions itself.
   */
  suspend(reason: string): void {
    if (this.#leases.holder === CHARACTERISE) this.#leases.revoke({ reason, mayReacquire: false });
    else if (!this.#isHeld && !this.#mover.isParking)
      this.#mover.end(new SkyScanError('wrong_state', reason));
  }

  /** A process before this one died while the rotor was in hand: it may be moving still. */
  stopLeftover(): void {
    this.#stopper.stopUnattended('it was in hand when rotor-driver died');
    this.#changed();
  }

  /** Ends every use and stops what moves; for at most `budgetMs`. */
  async close(budgetMs: number): Promise<void> {
    this.#admission.close();
    const inHand = this.inHand;
    this.#mover.end(new SkyScanError('unavailable', CLOSING));
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

  /**
   * Ends the lease of a rotor that is somewhere else than it was left, stops it, and throws why.
   */
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
    this.#parts.note(this.#config, this.inHand);
    this.#patrol.wake();
  }
}
