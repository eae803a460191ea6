import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { AxisMotion } from '#shared/sky/kinematics';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { runOutDeg } from '../domain/kinematics.ts';
import { canBeAt, isJump, readbackMarginDeg, type ExpectedPosition } from '../domain/expected-position.ts';
import { changedWhileDisconnected, jumped, movedUncommanded, type DisturbedError } from './motion-errors.ts';
import { readWithRetries } from './read-with-retries.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

// An outlier is ruled out after this many readbacks in a row.
const READBACKS = 3;
const READBACKS_APART_MS = 30;
// A rotor that changed this much faster than its configured speed and already rests has not moved:
// its readback jumped.
const SPEED_FACTOR = 1.2;
const RESTS_DEG = 0.1;

/** The expected position of a rotor that `holder` has not released. */
export interface SavedExpectedPosition {
  holder: string;
  expected: ExpectedPosition;
}

/** Stores the expected position of one rotor, so that it survives a crash of this process. */
export interface ExpectedPositionStore {
  readonly saved: SavedExpectedPosition | undefined;
  save(position: SavedExpectedPosition | undefined): void;
}

/** Tracks where a rotor can be and detects when it is somewhere else. */
export class DisturbanceDetector {
  #expected: ExpectedPosition | undefined;
  /** The last readback that agreed with the expected position. */
  #seen: Readback | undefined;
  /** A disturbance was reported: the next holder accepts the rotor as it is. */
  #reported = false;
  #checking: Promise<DisturbedError | undefined> | undefined;
  readonly #readings: Readings;
  readonly #rotor: () => RotorConfig;
  readonly #store: ExpectedPositionStore;
  /** The last holder, if it has not released the rotor. */
  #holder: string | undefined;
  /** A disturbance that this holder does not know about yet. */
  #unreported: DisturbedError | undefined;

  constructor(readings: Readings, rotor: () => RotorConfig, store: ExpectedPositionStore) {
    this.#readings = readings;
    this.#rotor = rotor;
    this.#store = store;
    this.#holder = store.saved?.holder;
    this.#expected = store.saved?.expected;
  }

  /**
   * Throws when a holder acquires the rotor again and the rotor is not where that holder left it. A
   * new holder accepts any position.
   */
  async checkForHolder(holder: string, position: Readback, signal: AbortSignal): Promise<void> {
    if (holder !== this.#holder) return;
    const disturbance = this.#unreported ?? (await this.disturbance(position, signal));
    this.#unreported = undefined;
    if (disturbance) throw disturbance;
  }

  reportLater(disturbance: DisturbedError): void {
    this.#unreported = disturbance;
  }

  /** Expects the rotor between the readback `from` and the setpoint `to`. */
  movesTo(to: Pointing, from: Readback): void {
    this.#reported = false;
    const isNewMove = this.#expected?.to !== to;
    this.#expected = { from: from.pointing, to, connection: from.connection };
    this.#seen = from;
    // Only new setpoints are stored, not every readback.
    if (isNewMove) this.#save();
  }

  /** Expects the rotor between its readback and its target: noise and tolerance separate them. */
  arrived(at: Readback, target: Pointing): void {
    this.#expected = { from: at.pointing, to: target, connection: at.connection };
    this.#seen = at;
    this.#save();
  }

  /** Expects the rotor to rest after a stop. The next check reports an impossible position. */
  rests(rest: Readback): void {
    if (this.#reported || (this.#expected && !this.#isPossible(rest, this.#expected))) return;
    this.#expectAt(rest);
  }

  /** Accepts the position at which a new holder acquires the rotor. */
  accept(holder: string, rest: Readback): void {
    this.#holder = holder;
    this.#unreported = undefined;
    this.#reported = false;
    this.#expectAt(rest);
  }

  #expectAt(rest: Readback): void {
    this.arrived(rest, rest.pointing);
  }

  #save(): void {
    if (this.#holder !== undefined && this.#expected)
      this.#store.save({ holder: this.#holder, expected: this.#expected });
  }

  /** Forgets a released rotor: the next holder accepts any position. */
  forget(): void {
    this.#holder = undefined;
    this.#unreported = undefined;
    this.#clear();
  }

  #clear(): void {
    this.#expected = undefined;
    this.#seen = undefined;
    this.#store.save(undefined);
  }

  /**
   * Checks the readback of a rotor that Sky Scan does not move. Returns a disturbance that further
   * readbacks confirm, once: after that the reported position is accepted.
   */
  disturbance(observed: Readback, signal: AbortSignal): Promise<DisturbedError | undefined> {
    // Concurrent callers share one check.
    this.#checking ??= this.#disturbance(observed, signal).finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #disturbance(first: Readback, signal: AbortSignal): Promise<DisturbedError | undefined> {
    const expected = this.#expected;
    if (!expected) return undefined;
    let observed = first;
    for (let count = 1; ; count++) {
      if (this.#isPossible(observed, expected)) {
        this.#confirmPosition(observed, expected);
        return undefined;
      }
      if (count >= READBACKS) break;
      if (this.#readings.state.roundTripMs < READBACKS_APART_MS) await sleep(READBACKS_APART_MS, signal);
      observed = await readWithRetries(this.#readings, signal);
      // A new move has begun in the meantime.
      if (this.#expected !== expected) return undefined;
    }
    const seen = this.#seen;
    this.#clear();
    this.#reported = true;
    const before = seen?.pointing ?? expected.from;
    if (observed.connection !== expected.connection)
      return changedWhileDisconnected(before, observed.pointing);
    const seconds = seen ? (first.atMs - seen.atMs) / 1000 : Infinity;
    const { azimuth, elevation } = this.#rotor();
    const fastest = Math.max(azimuth.speedDegPerS, elevation.speedDegPerS);
    const rests = axisDistanceDeg(first.pointing, observed.pointing) <= RESTS_DEG;
    return rests && isJump(axisDistanceDeg(before, first.pointing), seconds, fastest, SPEED_FACTOR)
      ? jumped(before, observed.pointing, seconds)
      : movedUncommanded(before, observed.pointing);
  }

  #isPossible({ pointing }: Readback, expected: ExpectedPosition): boolean {
    const { azimuth, elevation, toleranceDeg } = this.#rotor();
    const marginDeg = readbackMarginDeg(toleranceDeg, this.#readings.noiseDeg);
    // A moving axis overshoots when it is stopped or reversed.
    const isMoving = axisDistanceDeg(expected.from, expected.to) > marginDeg;
    const unseenSeconds = expected.unseenSeconds ?? 0;
    const axisMarginDeg = (axis: AxisMotion) =>
      marginDeg + (isMoving ? runOutDeg(axis) : 0) + unseenSeconds * axis.speedDegPerS;
    return canBeAt(expected, pointing, {
      azimuthDeg: axisMarginDeg(azimuth),
      elevationDeg: axisMarginDeg(elevation),
    });
  }

  #confirmPosition(observed: Readback, expected: ExpectedPosition): void {
    this.#seen = observed;
    if (expected.connection === observed.connection) return;
    this.#expected = { ...expected, connection: observed.connection };
  }
}
