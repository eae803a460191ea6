import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { AxisMotion } from '#shared/sky/kinematics';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { runOutDeg } from '../domain/kinematics.ts';
import { canBeAt, isJump, readbackMarginDeg, type Whereabouts } from '../domain/whereabouts.ts';
import { changedWhileAway, jumped, movedUncommanded, type DisturbedError } from './endings.ts';
import { readPatiently } from './read-patiently.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

// So many readbacks one after the other are no outlier.
const READBACKS = 3;
const READBACKS_APART_MS = 30;
// What moved so much faster than configured and rests already has not moved at all.
const SPEED_FACTOR = 1.2;
const RESTS_DEG = 0.1;

/** Whereabouts of a rotor that `holder` has not released. */
export interface HeldWhereabouts {
  holder: string;
  where: Whereabouts;
}

/** Keeps the whereabouts of one rotor for the case that this process dies. */
export interface WhereaboutsStore {
  readonly kept: HeldWhereabouts | undefined;
  keep(held: HeldWhereabouts | undefined): void;
}

/** Knows where a rotor can be, and notices when it is somewhere else. */
export class Sentry {
  #where: Whereabouts | undefined;
  /** The last readback that was where it could be. */
  #seen: Observed | undefined;
  /** A disturbance was reported: the rotor is wherever the next holder finds it. */
  #reported = false;
  #looking: Promise<DisturbedError | undefined> | undefined;
  readonly #readings: Readings;
  readonly #rotor: () => RotorConfig;
  readonly #store: WhereaboutsStore;
  /** Who held it last, without a release since. */
  #holder: string | undefined;
  /** What that holder does not know yet. */
  #unreported: DisturbedError | undefined;

  constructor(readings: Readings, rotor: () => RotorConfig, store: WhereaboutsStore) {
    this.#readings = readings;
    this.#rotor = rotor;
    this.#store = store;
    this.#holder = store.kept?.holder;
    this.#where = store.kept?.where;
  }

  /**
   * A holder that comes back relies on where the rotor was: throws when it is somewhere else. A new
   * one takes it as it is.
   */
  async checkFor(holder: string, position: Observed, signal: AbortSignal): Promise<void> {
    if (holder !== this.#holder) return;
    const disturbance = this.#unreported ?? (await this.disturbance(position, signal));
    this.#unreported = undefined;
    if (disturbance) throw disturbance;
  }

  reportLater(disturbance: DisturbedError): void {
    this.#unreported = disturbance;
  }

  /** A move begins, or its readback has come so far. */
  movesTo(to: Pointing, from: Observed): void {
    this.#reported = false;
    const leaves = this.#where?.to !== to;
    this.#where = { from: from.pointing, to, connection: from.connection };
    this.#seen = from;
    // The disk is not for readbacks.
    if (leaves) this.#keep();
  }

  /** It has arrived: noise and tolerance leave it somewhere between its readback and its target. */
  arrived(at: Observed, target: Pointing): void {
    this.#where = { from: at.pointing, to: target, connection: at.connection };
    this.#seen = at;
    this.#keep();
  }

  /** It rests after a stop. A place where it cannot be is left for the next look to report. */
  rests(rest: Observed): void {
    if (this.#reported || (this.#where && !this.#isPossible(rest, this.#where))) return;
    this.#restAt(rest);
  }

  /** A new holder found it here, whatever was known before. */
  accept(holder: string, rest: Observed): void {
    this.#holder = holder;
    this.#unreported = undefined;
    this.#reported = false;
    this.#restAt(rest);
  }

  #restAt(rest: Observed): void {
    this.arrived(rest, rest.pointing);
  }

  #keep(): void {
    if (this.#holder !== undefined && this.#where)
      this.#store.keep({ holder: this.#holder, where: this.#where });
  }

  /** It was released: the next holder may find it anywhere. */
  forget(): void {
    this.#holder = undefined;
    this.#unreported = undefined;
    this.#lose();
  }

  #lose(): void {
    this.#where = undefined;
    this.#seen = undefined;
    this.#store.keep(undefined);
  }

  /**
   * What is wrong with a readback of a rotor that is not driven; undefined when nothing is, or when
   * further readbacks do not confirm it. It is reported once: the rotor is wherever it says after
   * that.
   */
  disturbance(observed: Observed, signal: AbortSignal): Promise<DisturbedError | undefined> {
    // Whoever asks meanwhile gets the same answer.
    this.#looking ??= this.#disturbance(observed, signal).finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #disturbance(first: Observed, signal: AbortSignal): Promise<DisturbedError | undefined> {
    const where = this.#where;
    if (!where) return undefined;
    let observed = first;
    for (let count = 1; ; count++) {
      if (this.#isPossible(observed, where)) {
        this.#sawPossible(observed, where);
        return undefined;
      }
      if (count >= READBACKS) break;
      if (this.#readings.state.roundTripMs < READBACKS_APART_MS) await sleep(READBACKS_APART_MS, signal);
      observed = await readPatiently(this.#readings, signal);
      // It was sent somewhere else meanwhile.
      if (this.#where !== where) return undefined;
    }
    const seen = this.#seen;
    this.#lose();
    this.#reported = true;
    const before = seen?.pointing ?? where.from;
    if (observed.connection !== where.connection) return changedWhileAway(before, observed.pointing);
    const seconds = seen ? (first.atMs - seen.atMs) / 1000 : Infinity;
    const { azimuth, elevation } = this.#rotor();
    const fastest = Math.max(azimuth.speedDegPerS, elevation.speedDegPerS);
    const rests = axisDistanceDeg(first.pointing, observed.pointing) <= RESTS_DEG;
    return rests && isJump(axisDistanceDeg(before, first.pointing), seconds, fastest, SPEED_FACTOR)
      ? jumped(before, observed.pointing, seconds)
      : movedUncommanded(before, observed.pointing);
  }

  #isPossible({ pointing }: Observed, where: Whereabouts): boolean {
    const { azimuth, elevation, toleranceDeg } = this.#rotor();
    const marginDeg = readbackMarginDeg(toleranceDeg, this.#readings.noiseDeg);
    // What moves runs on when it is stopped or turned round.
    const isMoving = axisDistanceDeg(where.from, where.to) > marginDeg;
    const unseenSeconds = where.unseenSeconds ?? 0;
    const axisMarginDeg = (axis: AxisMotion) =>
      marginDeg + (isMoving ? runOutDeg(axis) : 0) + unseenSeconds * axis.speedDegPerS;
    return canBeAt(where, pointing, {
      azimuthDeg: axisMarginDeg(azimuth),
      elevationDeg: axisMarginDeg(elevation),
    });
  }

  #sawPossible(observed: Observed, where: Whereabouts): void {
    this.#seen = observed;
    if (where.connection === observed.connection) return;
    this.#where = { ...where, connection: observed.connection };
  }
}
