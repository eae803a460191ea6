import { createBroadcast, type Subscription } from '#shared/runtime/broadcast';
import { errorKind, SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { orAborted } from '#shared/runtime/waiting';
import {
  marginWithoutMotionDeg,
  nextMotionState,
  NEVER_READ,
  readbackNoiseDeg,
  type MotionEvent,
  type MotionState,
} from '../domain/motion-state.ts';
import type { Readback } from '../domain/reading.ts';
import type { RotctldClient } from './rotctld-client.ts';
import type { AzimuthUnwrapper } from './azimuth-unwrapper.ts';

/** The published position of a rotor. */
export interface PublishedPosition extends Readback {
  /** The target of the last command; undefined before the first one and after a stop. */
  setpoint: Pointing | undefined;
}

/** Readbacks for watchers, and the reason why there are none. */
export type PositionEvent = { kind: 'position'; observed: Readback } | { kind: 'lost'; error: SkyScanError };

// A slow watcher loses the oldest positions.
const WATCHER_CAPACITY = 16;

export interface ReadingsParts {
  client: RotctldClient;
  life: AbortSignal;
  publish: (position: PublishedPosition) => void;
  unwrapper: AzimuthUnwrapper;
}

/**
 * Reads the position of one rotor, publishes it and tracks the motion state. Concurrent reads share
 * one query.
 */
export class Readings {
  #state = NEVER_READ;
  readonly #client: RotctldClient;
  readonly #life: AbortSignal;
  readonly #publish: (position: PublishedPosition) => void;
  readonly #unwrapper: AzimuthUnwrapper;
  readonly #events = createBroadcast<PositionEvent>(WATCHER_CAPACITY);
  #reading: Promise<Readback> | undefined;

  constructor({ client, life, publish, unwrapper }: ReadingsParts) {
    this.#client = client;
    this.#life = life;
    this.#publish = publish;
    this.#unwrapper = unwrapper;
  }

  /** The motion state; `apply` changes it. */
  get state(): MotionState {
    return this.#state;
  }

  /** Applies an event and publishes a new setpoint at once. */
  apply(event: MotionEvent): void {
    this.#state = nextMotionState(this.#state, event);
    const { latest, towards, setpoint } = this.#state;
    if (event.kind === 'departs' || event.kind === 'heading' || event.kind === 'rests')
      this.#unwrapper.setTarget(towards);
    if (event.kind === 'setpoint' && latest)
      this.#publish({ ...latest, moving: latest.moving || !!setpoint, setpoint });
  }

  get noiseDeg(): number {
    return readbackNoiseDeg(this.#state);
  }

  get stillMarginDeg(): number {
    return marginWithoutMotionDeg(this.#state);
  }

  /** The corrected readback of a rotor that rests on target in another turn, or else undefined. */
  readbackOnTargetInOtherTurn(target: Pointing, toleranceDeg: number): Readback | undefined {
    const { latest } = this.#state;
    if (!latest || Math.abs(latest.pointing.elevationDeg - target.elevationDeg) > toleranceDeg + 1e-9)
      return undefined;
    return this.#correctTurn(this.#unwrapper.azimuthOnTarget(target.azimuthDeg, toleranceDeg));
  }

  /**
   * The corrected readback of a rotor that moves to the target in another turn, or else undefined.
   */
  readbackTowardsTargetInOtherTurn(start: Pointing, target: Pointing): Readback | undefined {
    return (
      this.#state.latest &&
      this.#correctTurn(this.#unwrapper.azimuthTowardsTarget(start.azimuthDeg, target.azimuthDeg))
    );
  }

  #correctTurn(azimuthDeg: number | undefined): Readback | undefined {
    if (azimuthDeg === undefined) return undefined;
    this.apply({ kind: 'turn-corrected', azimuthDeg });
    return this.#state.latest;
  }

  get watchers(): number {
    return this.#events.subscribers;
  }

  watch(signal: AbortSignal): Subscription<PositionEvent> {
    return this.#events.subscribe(signal);
  }

  /** Reads the position. Throws `unavailable`. */
  read(signal: AbortSignal): Promise<Readback> {
    this.#reading ??= this.#query().finally(() => (this.#reading = undefined));
    this.#reading.catch(() => undefined);
    return orAborted(this.#reading, signal);
  }

  close(): void {
    this.#events.close();
  }

  async #query(): Promise<Readback> {
    try {
      const { pointing: reported, limits, ...answer } = await this.#client.position(this.#life);
      const pointing = {
        ...reported,
        azimuthDeg: this.#unwrapper.unwrap(reported.azimuthDeg, answer.atMs, limits, answer.connection),
      };
      this.apply({ kind: 'read', answer: { ...answer, pointing, unixMs: Date.now() } });
      const observed = this.#state.latest as Readback;
      this.#events.publish({ kind: 'position', observed });
      this.#publish({ ...observed, setpoint: this.#state.setpoint });
      return observed;
    } catch (error) {
      if (error instanceof SkyScanError && errorKind(error) === 'unavailable')
        this.#events.publish({ kind: 'lost', error });
      throw error;
    }
  }
}
