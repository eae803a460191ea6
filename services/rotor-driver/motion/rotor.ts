import { Mutex } from 'async-mutex';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { orAborted, withAnySignal } from '#shared/runtime/waiting';
import { knownResolutionDeg, type MotionState } from '../domain/motion-state.ts';
import type { Readback } from '../domain/reading.ts';
import { LeaseManager, LeaseOverError } from './rotor-lease.ts';
import { RELEASED, type Holder } from '../domain/lease.ts';
import type { OwnLevels } from './rotctld-client.ts';
import { RotctldError } from '../domain/rotctld-error.ts';
import { AzimuthUnwrapper, type CableTurn } from './azimuth-unwrapper.ts';
import type { StoppedPosition } from './stop-and-verify.ts';
import { measureInBatches } from './measure.ts';
import { isManual, startManualMove } from './manual-move.ts';
import { createMover, type ManualMove, type Mover, type SlewOptions } from './mover.ts';
import { CLOSING, createRotorAccess, type RotorAccess } from './rotor-access.ts';
import { startIdlePoller, type IdlePoller } from './idle-poller.ts';
import { readWithRetries } from './read-with-retries.ts';
import { Readings, type PositionEvent } from './readings.ts';
import { CHARACTERISE_HOLDER, type AcquiredRotor, type Probed, type RotorParts } from './rotor-parts.ts';
import { DisturbanceDetector } from './disturbance-detector.ts';
import type { Arrived } from './slew.ts';
import { createStopper, type Stopper } from './stopper.ts';

const STOPPED = 'stopped by request';

/** One rotator: its lease, moves, stops. No move is unsupervised. Pointings are of the mount. */
export class Rotor {
  readonly #parts: RotorParts;
  readonly #life = new AbortController();
  readonly #unwrapper: AzimuthUnwrapper;
  readonly #readings: Readings;
  readonly #leases: LeaseManager;
  readonly #stopper: Stopper;
  readonly #detector: DisturbanceDetector;
  readonly #mover: Mover;
  readonly #access: RotorAccess;
  readonly #idlePoller: IdlePoller;
  readonly #acquisitions = new Mutex();
  #config: RotorConfig;

  constructor(config: RotorConfig, parts: RotorParts) {
    const { client, restrictions, permit, logger, publish } = parts;
    const life = this.#life.signal;
    this.#parts = parts;
    this.#config = config;
    this.#unwrapper = new AzimuthUnwrapper(() => this.#config, parts.azimuthWrap);
    this.#readings = new Readings({ client, life, publish, unwrapper: this.#unwrapper });
    this.#detector = new DisturbanceDetector(this.#readings, () => this.#config, parts.expectedPosition);
    const common = { client, readings: this.#readings, logger, life };
    this.#stopper = createStopper({
      ...common,
      rotor: () => this.#config,
      onRest: (rest) => this.#detector.rests(rest),
      onOver: () => this.#changed(),
    });
    this.#leases = new LeaseManager((reason) => this.#stopper.stopUnattended(reason));
    this.#mover = createMover({
      ...common,
      restrictions,
      permit,
      detector: this.#detector,
      stopper: this.#stopper,
      unwrapper: this.#unwrapper,
      onDisturbed: (reason) => this.#leases.revoke({ reason, mayReacquire: false }),
      onChanged: () => this.#changed(),
      onMoveEnded: parts.onMoveEnded,
    });
    this.#access = createRotorAccess({
      restrictions,
      holder: () => this.#leases.holder,
      isMoving: () => this.#mover.isMoving,
    });
    this.#idlePoller = startIdlePoller({
      isWanted: () => !this.#isDriven && (this.#isHeld || this.#readings.watchers > 0),
      readOnce: async (signal) => ((await this.position(signal)).moving ? 'moving' : 'still'),
      life,
    });
  }

  /** In use or watched: it stays in memory. */
  get isNeeded(): boolean {
    return this.inUse || this.#readings.watchers > 0;
  }

  /** Leased, moving, or not yet at rest after a stop. */
  get inUse(): boolean {
    return this.#isHeld || this.#mover.isMoving || this.#stopper.busy;
  }

  /** The configuration of its last use, with the present pointing model. */
  get config(): RotorConfig {
    return this.#config;
  }

  get connected(): boolean {
    return this.#parts.client.connected;
  }

  /** The queries of the last recognition of its server, with their results. */
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
    const position = await readWithRetries(this.#readings, signal);
    const { restOnly, reconnectChange } = this.motion;
    const resolutionDeg = knownResolutionDeg(this.motion);
    return { recognition, position, resolutionDeg, restOnly, reconnectChange };
  }

  get motion(): MotionState {
    return this.#readings.state;
  }

  /**
   * Reads the position. With the token of a lease, it is checked for disturbances; throws
   * `lease_lost`, `hardware_fault`.
   */
  async position(signal: AbortSignal, token?: number): Promise<Readback> {
    if (token !== undefined) this.#leases.require(token);
    const observed = await readWithRetries(this.#readings, signal);
    await this.#checkDisturbance(observed, signal);
    if (token !== undefined) this.#leases.require(token);
    return observed;
  }

  /**
   * The turn of a controller that reports 0 to 360 degrees; sets it if `turn` is given. Throws
   * `busy`, `out_of_range`.
   */
  async turn(config: RotorConfig, turn: number | undefined, signal: AbortSignal): Promise<CableTurn> {
    if (turn !== undefined) this.#access.checkFree();
    if (!this.inUse) this.#config = config;
    await readWithRetries(this.#readings, signal);
    if (turn !== undefined) {
      this.#access.checkFree();
      this.#unwrapper.setTurn(turn);
    }
    const now = this.#unwrapper.turn;
    if (!now) throw new RotctldError('rotctld has not reported a position yet');
    return now;
  }

  /** All readbacks until the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<PositionEvent> {
    const events = this.#readings.watch(signal);
    this.#idlePoller.wake();
    return events;
  }

  /** Acquires the lease. Throws `busy` with the name of the holder; `unavailable`. */
  acquire(requested: RotorConfig, holder: Holder, signal: AbortSignal): Promise<AcquiredRotor> {
    return this.#acquisitions.runExclusive(async () => {
      signal.throwIfAborted();
      const config = this.#parts.permit(requested);
      this.#access.checkFree();
      await this.#stopper.untilHalted(signal);
      const { limits } = await this.#parts.client.describe(signal);
      const position = await this.#stopper.atRest(signal);
      await this.#detector.checkForHolder(holder.name, position, signal);
      const token = await this.#parts.fencingTokens.next();
      signal.throwIfAborted();
      this.#access.checkFree();
      const lease = this.#leases.grant(token, holder);
      lease.over.addEventListener('abort', () => this.#leaseOver(lease.over));
      this.#stopper.endUnattended();
      this.#config = config;
      this.#detector.accept(holder.name, position);
      this.#changed();
      return { lease, position, reportedLimits: limits };
    });
  }

  /** Moves under a lease. Throws `lease_lost` for an old token and sends nothing. */
  async slew(
    token: number,
    target: Pointing,
    signal: AbortSignal,
    options: SlewOptions = {},
  ): Promise<Arrived> {
    this.#leases.require(token);
    await this.#stopper.untilHalted(signal);
    const over = this.#leases.require(token);
    this.#config = this.#parts.permit(this.#config);
    this.#access.checkNotSuspended(this.#config, target);
    if (this.#mover.isMoving) throw new SkyScanError('busy', 'the rotor is slewing already');
    this.#access.checkOpen();
    return withAnySignal([signal, over], (either) => this.#mover.slew(this.#config, target, either, options));
  }

  /**
   * Levels, dBm, from the rotator's own receiver, under a lease. Throws `lease_lost`; `unsupported`
   * without a receiver.
   */
  async measure(token: number, reads: number, signal: AbortSignal): Promise<OwnLevels> {
    return withAnySignal([signal, this.#leases.require(token)], async (either) => {
      if (this.#isDriven) throw new SkyScanError('busy', 'the rotor is moving');
      return measureInBatches(this.#parts.client, reads, token, either);
    });
  }

  /** Starts a manual move. Throws `busy` while another client holds the rotor. */
  async move(requested: RotorConfig, to: Pointing, holder: Holder, call: AbortSignal): Promise<ManualMove> {
    this.#access.checkManual();
    await this.#stopper.untilHalted(call);
    this.#access.checkManual();
    const config = this.#parts.permit(requested);
    this.#access.checkNotSuspended(config, to);
    this.#config = config;
    const parts = { leases: this.#leases, mover: this.#mover, onOver: () => this.#changed() };
    return startManualMove(parts, { config, target: to, holder }, call);
  }

  /** Stops and verifies. Without a token the lease is revoked; with its token the lease remains. */
  async stop(config: RotorConfig, token: number | undefined): Promise<StoppedPosition> {
    if (token !== undefined) this.#leases.require(token);
    else if (!this.inUse) this.#config = config;
    const inUse = this.inUse;
    const kind = token === undefined ? 'lease_lost' : 'cancelled';
    this.#mover.end(new SkyScanError(kind, STOPPED));
    const rest = this.#stopper.halt();
    if (token === undefined) this.#leases.revoke({ reason: STOPPED, mayReacquire: false });
    try {
      return await rest;
    } catch (error) {
      if (inUse) this.#stopper.stopUnattended(errorMessage(error));
      throw error;
    }
  }

  /** Stops a move that began under other limits than the owner of `config` allows now. */
  checkPermit({ id, pointingModel }: RotorConfig): void {
    this.#mover.checkPermit(this.#config);
    if (!this.inUse && id === this.#config.id) this.#config = { ...this.#config, pointingModel };
  }

  /**
   * A suspend condition holds: stops a characterisation or a manual move, unless it parks. Other
   * holders evaluate the conditions themselves.
   */
  suspend(reason: string): void {
    if (this.#leases.holder === CHARACTERISE_HOLDER) this.#leases.revoke({ reason, mayReacquire: false });
    else if (isManual(this.#leases.holder) && !this.#mover.isParking)
      this.#mover.end(new SkyScanError('wrong_state', reason));
  }

  /** Stops a rotor that was in use when the previous process crashed: it may still move. */
  stopLeftInUse(): void {
    this.#stopper.stopUnattended('it was in use when rotor-driver ended unexpectedly');
    this.#changed();
  }

  /** Ends every use and stops a moving rotor, within `budgetMs`. */
  async close(budgetMs: number): Promise<void> {
    this.#access.close();
    const inUse = this.inUse;
    this.#mover.end(new SkyScanError('unavailable', CLOSING));
    this.#leases.revoke({ reason: CLOSING, mayReacquire: true });
    if (inUse)
      await orAborted(this.#stopper.halt(), AbortSignal.timeout(budgetMs)).catch((error: unknown) =>
        this.#parts.logger.error(
          { rotor: this.#config.id, reason: errorMessage(error) },
          'the rotor did not stop before shutdown',
        ),
      );
    this.#life.abort(new SkyScanError('unavailable', CLOSING));
    this.#readings.close();
    this.#parts.client.close();
  }

  /** Ends the lease of a rotor that is not where it was left, stops it, and throws the reason. */
  async #checkDisturbance(observed: Readback, signal: AbortSignal): Promise<void> {
    if (!this.#isHeld || this.#isDriven) return;
    const disturbance = await this.#detector.disturbance(observed, signal);
    if (!disturbance) return;
    this.#leases.revoke({ reason: disturbance.message, mayReacquire: false });
    this.#stopper.stopUnattended(disturbance.message);
    throw disturbance;
  }

  #leaseOver(over: AbortSignal): void {
    if (over.reason instanceof LeaseOverError && over.reason.end === RELEASED) this.#detector.forget();
    this.#changed();
  }

  #changed(): void {
    this.#parts.setInUse(this.#config, this.inUse);
    this.#idlePoller.wake();
  }
}
