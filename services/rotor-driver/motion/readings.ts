import { createBroadcast, type Subscription } from '#shared/broadcast';
import { errorKind, SkyScanError } from '#shared/errors';
import { axisDistanceDeg, type Pointing } from '#shared/pointing';
import { orAborted } from '#shared/waiting';
import type { Lateness } from '../domain/pace.ts';
import { interruptNoise, learnNoise, noiseDeg, NO_NOISE } from '../domain/noise.ts';
import { COARSEST_STEP_DEG, finerStepDeg, type Reading } from '../domain/reading.ts';
import type { AwayChange } from '../domain/remarks.ts';
import { describeRestOnly, stillMarginDeg, type RestOnly } from '../domain/rest-only-readback.ts';
import { readbackMarginDeg } from '../domain/whereabouts.ts';
import type { RotctldClient } from '../rotctld/client.ts';
import type { Cable } from './cable.ts';

/** A readback as others see it. */
export interface Observed extends Reading {
  moving: boolean;
  /** Wall clock, milliseconds. */
  unixMs: number;
  /** What the question took. */
  roundTripMs: number;
  /** The number of the connection that brought it. */
  connection: number;
}

/** What the world is shown of a rotor. */
export interface Shown extends Observed {
  /** Where it was told to be; undefined: nothing was said, or it was stopped since. */
  setpoint: Pointing | undefined;
}

/** What a watcher gets: readbacks, and why there are none. */
export type Sighting = { kind: 'position'; observed: Observed } | { kind: 'lost'; error: SkyScanError };

// A watcher that is slow loses old positions, which nobody needs.
const WATCHER_CAPACITY = 16;
const RESTING_DEG = 0.02;
const RECENT_MS = 3_000;
const ENOUGH_CHANGES = 3;

export interface ReadingsParts {
  client: RotctldClient;
  life: AbortSignal;
  show: (shown: Shown) => void;
  cable: Cable;
}

/** Everything that is read from one rotor goes through here: questions asked at once share an answer, answers are shown. */
export class Readings {
  /** The setpoint on which the last move ended; undefined while that is not known. Somebody else may have moved it since. */
  restsOn: Pointing | undefined;
  /** The last good answer. */
  latest: Observed | undefined;
  /** The step of the readback, learnt from every answer. */
  stepDeg = COARSEST_STEP_DEG;
  /** Of the last answer. */
  roundTripMs = 0;
  /** How late its last moves were. */
  lateness: Lateness = [];
  /** What was seen of its controller when that reports the position only at rest. */
  restOnly: RestOnly | undefined;
  /** How the position changed over the last reconnect, if it did. */
  awayChange: AwayChange | undefined;
  /** The readback at the last command, until another one has come or the rotor was seen to rest: it may move without reporting it. */
  unseenFrom: Pointing | undefined;
  /** How often the answer was another one than before. */
  #changes = 0;
  readonly #client: RotctldClient;
  readonly #life: AbortSignal;
  readonly #show: (shown: Shown) => void;
  readonly #cable: Cable;
  readonly #sightings = createBroadcast<Sighting>(WATCHER_CAPACITY);
  #asked: Promise<Observed> | undefined;
  #noise = NO_NOISE;
  #towards: Pointing | undefined;
  #setpoint: Pointing | undefined;

  constructor({ client, life, show, cable }: ReadingsParts) {
    this.#client = client;
    this.#life = life;
    this.#show = show;
    this.#cable = cable;
  }

  /** Standard deviation of the readback of a rotor that rests, degrees; 0 until that was seen. */
  get noiseDeg(): number {
    return noiseDeg(this.#noise);
  }

  /** What a readback may differ by without a motion, degrees. */
  get stillMarginDeg(): number {
    return stillMarginDeg(this.stepDeg, this.noiseDeg);
  }

  /** A command to move goes out. */
  departs(from: Pointing, target: Pointing): void {
    this.towards = target;
    this.restsOn = undefined;
    this.unseenFrom = from;
  }

  /** It was seen to rest. */
  rests(): void {
    this.towards = undefined;
    this.unseenFrom = undefined;
  }

  /** Throws `hardware_fault` for a controller that was seen to report its position only at rest; `instead`: what to do. */
  requireVisible(what: string, instead: string): void {
    if (this.restOnly)
      throw new SkyScanError(
        'hardware_fault',
        `${what} needs a position that is reported in motion; ${describeRestOnly(this.restOnly)}. ${instead}`,
      );
  }

  /** Where a move that is on its way leads: what is read meanwhile is moving, whether it shows or not. */
  get towards(): Pointing | undefined {
    return this.#towards;
  }

  set towards(target: Pointing | undefined) {
    this.#towards = target;
    this.#noise = interruptNoise(this.#noise);
    this.#cable.headFor(target);
  }

  /** Where it was told to be, whatever the way; undefined after a stop. The world sees it at once. */
  set setpoint(setpoint: Pointing | undefined) {
    this.#setpoint = setpoint;
    if (this.latest) this.#show({ ...this.latest, moving: this.latest.moving || !!setpoint, setpoint });
  }

  /** The latest readback of a rotor that does not move any further, when it is on target a turn off; it is a turn less from now on. */
  onTargetByTurns(target: Pointing, toleranceDeg: number): Observed | undefined {
    const { latest } = this;
    if (!latest || Math.abs(latest.pointing.elevationDeg - target.elevationDeg) > toleranceDeg + 1e-9)
      return undefined;
    return this.#turned(latest, this.#cable.onTarget(target.azimuthDeg, toleranceDeg));
  }

  /** The latest readback of a rotor that seems to run away, when it is on its way to the target in another turn. */
  aheadByTurns(start: Pointing, target: Pointing): Observed | undefined {
    return this.latest && this.#turned(this.latest, this.#cable.ahead(start.azimuthDeg, target.azimuthDeg));
  }

  #turned(latest: Observed, azimuthDeg: number | undefined): Observed | undefined {
    if (azimuthDeg === undefined) return undefined;
    return (this.latest = { ...latest, pointing: { ...latest.pointing, azimuthDeg } });
  }

  /** The step of the readback as far as it is known: whole numbers prove little while there are few of them. */
  get resolutionDeg(): number | undefined {
    return this.stepDeg < COARSEST_STEP_DEG || this.#changes >= ENOUGH_CHANGES ? this.stepDeg : undefined;
  }

  get watchers(): number {
    return this.#sightings.subscribers;
  }

  watch(signal: AbortSignal): Subscription<Sighting> {
    return this.#sightings.subscribe(signal);
  }

  /** The readback now. Throws `unavailable`. */
  read(signal: AbortSignal): Promise<Observed> {
    this.#asked ??= this.#ask().finally(() => (this.#asked = undefined));
    this.#asked.catch(() => undefined);
    return orAborted(this.#asked, signal);
  }

  close(): void {
    this.#sightings.close();
  }

  async #ask(): Promise<Observed> {
    try {
      const { pointing: said, limits, ...brought } = await this.#client.position(this.#life);
      const pointing = {
        ...said,
        azimuthDeg: this.#cable.azimuthOf(said.azimuthDeg, brought.atMs, limits, brought.connection),
      };
      this.roundTripMs = brought.roundTripMs;
      this.stepDeg = finerStepDeg(this.stepDeg, pointing);
      if (!this.#towards) this.#noise = learnNoise(this.#noise, pointing);
      const observed = {
        ...brought,
        pointing,
        unixMs: Date.now(),
        moving: this.#towards !== undefined || this.#hasMoved(pointing, brought.atMs),
      };
      if (this.unseenFrom && axisDistanceDeg(this.unseenFrom, pointing) > this.stillMarginDeg)
        this.unseenFrom = undefined;
      if (this.latest && this.latest.connection !== brought.connection)
        this.awayChange = this.#changedSince(this.latest, observed);
      if (this.latest && axisDistanceDeg(this.latest.pointing, pointing) > 0) this.#changes++;
      this.latest = observed;
      this.#sightings.publish({ kind: 'position', observed });
      this.#show({ ...observed, setpoint: this.#setpoint });
      return observed;
    } catch (error) {
      if (error instanceof SkyScanError && errorKind(error) === 'unavailable')
        this.#sightings.publish({ kind: 'lost', error });
      throw error;
    }
  }

  /** Of a rotor that rested when it was last seen. */
  #changedSince(before: Observed, after: Observed): AwayChange | undefined {
    const isMoving = (before.moving && !this.restsOn) || this.#towards || this.unseenFrom;
    const marginDeg = readbackMarginDeg(0, this.noiseDeg);
    if (isMoving || axisDistanceDeg(before.pointing, after.pointing) <= marginDeg) return undefined;
    return {
      before: before.pointing,
      after: after.pointing,
      seconds: (after.atMs - before.atMs) / 1000,
    };
  }

  #hasMoved(pointing: Pointing, atMs: number): boolean {
    const before = this.latest;
    return (
      !!before && atMs - before.atMs < RECENT_MS && axisDistanceDeg(before.pointing, pointing) > RESTING_DEG
    );
  }
}
