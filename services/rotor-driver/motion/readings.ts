import { createBroadcast, type Subscription } from '#shared/runtime/broadcast';
import { errorKind, SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { orAborted } from '#shared/runtime/waiting';
import {
  marginWithoutMotionDeg,
  motionAfter,
  NEVER_READ,
  readbackNoiseDeg,
  type MotionEvent,
  type MotionState,
} from '../domain/motion-state.ts';
import type { Observed } from '../domain/reading.ts';
import type { RotctldClient } from './rotctld-client.ts';
import type { Cable } from './cable.ts';

/** What the world is shown of a rotor. */
export interface Shown extends Observed {
  /** Where it was told to be; undefined: nothing was said, or it was stopped since. */
  setpoint: Pointing | undefined;
}

/** What a watcher gets: readbacks, and why there are none. */
export type Sighting = { kind: 'position'; observed: Observed } | { kind: 'lost'; error: SkyScanError };

// A watcher that is slow loses old positions, which nobody needs.
const WATCHER_CAPACITY = 16;

export interface ReadingsParts {
  client: RotctldClient;
  life: AbortSignal;
  show: (shown: Shown) => void;
  cable: Cable;
}

/**
 * Everything that is read from one rotor goes through here: questions asked at once share an
 * answer, answers are shown.
 */
export class Readings {
  #state = NEVER_READ;
  readonly #client: RotctldClient;
  readonly #life: AbortSignal;
  readonly #show: (shown: Shown) => void;
  readonly #cable: Cable;
  readonly #sightings = createBroadcast<Sighting>(WATCHER_CAPACITY);
  #asked: Promise<Observed> | undefined;

  constructor({ client, life, show, cable }: ReadingsParts) {
    this.#client = client;
    this.#life = life;
    this.#show = show;
    this.#cable = cable;
  }

  /** What is known of its motion; `apply` changes it. */
  get state(): MotionState {
    return this.#state;
  }

  /** Takes in what happened. The world sees at once where it was told to be. */
  apply(event: MotionEvent): void {
    this.#state = motionAfter(this.#state, event);
    const { latest, towards, setpoint } = this.#state;
    if (event.kind === 'departs' || event.kind === 'heads' || event.kind === 'rests')
      this.#cable.headFor(towards);
    if (event.kind === 'told' && latest)
      this.#show({ ...latest, moving: latest.moving || !!setpoint, setpoint });
  }

  get noiseDeg(): number {
    return readbackNoiseDeg(this.#state);
  }

  get stillMarginDeg(): number {
    return marginWithoutMotionDeg(this.#state);
  }

  /**
   * The latest readback of a rotor that does not move any further, when it is on target a turn off;
   * it is a turn less from now on.
   */
  onTargetByTurns(target: Pointing, toleranceDeg: number): Observed | undefined {
    const { latest } = this.#state;
    if (!latest || Math.abs(latest.pointing.elevationDeg - target.elevationDeg) > toleranceDeg + 1e-9)
      return undefined;
    return this.#turned(this.#cable.onTarget(target.azimuthDeg, toleranceDeg));
  }

  /**
   * The latest readback of a rotor that seems to run away, when it is on its way to the target in
   * another turn.
   */
  aheadByTurns(start: Pointing, target: Pointing): Observed | undefined {
    return this.#state.latest && this.#turned(this.#cable.ahead(start.azimuthDeg, target.azimuthDeg));
  }

  #turned(azimuthDeg: number | undefined): Observed | undefined {
    if (azimuthDeg === undefined) return undefined;
    this.apply({ kind: 'turned', azimuthDeg });
    return this.#state.latest;
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
      this.apply({ kind: 'read', answer: { ...brought, pointing, unixMs: Date.now() } });
      const observed = this.#state.latest as Observed;
      this.#sightings.publish({ kind: 'position', observed });
      this.#show({ ...observed, setpoint: this.#state.setpoint });
      return observed;
    } catch (error) {
      if (error instanceof SkyScanError && errorKind(error) === 'unavailable')
        this.#sightings.publish({ kind: 'lost', error });
      throw error;
    }
  }
}
