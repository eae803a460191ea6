import { SkyScanError } from '#shared/base/errors';
import { intersectLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import {
  azimuthIn,
  frameAfterHiddenMove,
  frameAhead,
  frameAtTurn,
  frameOnTarget,
  isSamePlace,
  nextFrame,
  resumedFrame,
  turnsInTravel,
  UNKNOWN_FRAME,
  type Frame,
  type KeptFrame,
  type Mount,
} from '../domain/frame.ts';

/** Keeps what is known of one rotator's cable over a restart. */
export interface FrameStore {
  readonly kept: KeptFrame | undefined;
  keep(frame: KeptFrame): void;
}

/** The turn of a rotator's cable: azimuth = reported + 360 * turn. */
export interface CableTurn {
  turn: number;
  /**
   * It is certain: only one fits the travel, the controller counts past 360 degrees, or it was seen
   * or set.
   */
  known: boolean;
  /** Those that the travel allows. */
  possible: number[];
  azimuthDeg: number;
  reportedDeg: number;
}

/**
 * Follows a rotator's cable: turns what its controller says into azimuths that do not jump at
 * north.
 */
export class Cable {
  readonly #rotor: () => RotorConfig;
  readonly #store: FrameStore;
  #frame: Frame = UNKNOWN_FRAME;
  #connection: number | undefined;
  #towardsDeg: number | undefined;
  /** The azimuth that the controller reported when the move began. */
  #departedDeg: number | undefined;
  #travel: TravelLimits | undefined;

  constructor(rotor: () => RotorConfig, store: FrameStore) {
    this.#rotor = rotor;
    this.#store = store;
  }

  /** The azimuth of what the controller says; `reported`: the travel of which its daemon speaks. */
  azimuthOf(saidDeg: number, atMs: number, reported: TravelLimits | undefined, connection: number): number {
    const rotor = this.#rotor();
    const { limits, azimuth } = rotor;
    const trusted = trustedLimits(rotor, reported);
    const travel = trusted ? intersectLimits(limits, trusted) : limits;
    this.#travel = travel;
    const mount = { travel, speedDegPerS: azimuth.speedDegPerS };
    // What happened while rotctld was not connected nobody has seen.
    const { last } = this.#frame;
    if (last && connection !== this.#connection && !isSamePlace(last.saidDeg, saidDeg))
      this.#frame = { turns: 0, wraps: this.#frame.wraps, known: false };
    this.#connection = connection;
    const before = this.#frame;
    const { kept } = this.#store;
    const resumed = before.last || !kept || last ? undefined : resumedFrame(kept, saidDeg, mount);
    const from = resumed ?? this.#afterHiddenMove(saidDeg, mount) ?? before;
    this.#frame = nextFrame(from, saidDeg, atMs, mount);
    if (this.#frame.turns !== before.turns) this.#keep();
    return azimuthIn(this.#frame);
  }

  /** A move begins, or is over. */
  headFor(target: Pointing | undefined): void {
    if (this.#towardsDeg === target?.azimuthDeg) return;
    this.#towardsDeg = target?.azimuthDeg;
    this.#departedDeg = target && this.#frame.last?.saidDeg;
    this.#keep();
  }

  /**
   * The azimuth of a rotator that rests on target a turn off; it counts in that turn from now on.
   */
  onTarget(targetDeg: number, toleranceDeg: number): number | undefined {
    return this.#adopt(frameOnTarget(this.#frame, targetDeg, toleranceDeg));
  }

  /**
   * The azimuth of a rotator that is on its way to the target in another turn; it counts in that
   * one from now on.
   */
  ahead(startDeg: number, targetDeg: number): number | undefined {
    return this.#travel && this.#adopt(frameAhead(this.#frame, startDeg, targetDeg, this.#travel));
  }

  /** What is known of the turn; undefined before anything was read. */
  get turn(): CableTurn | undefined {
    const { last, turns, known } = this.#frame;
    if (!last || !this.#travel) return undefined;
    const possible = turnsInTravel(last.saidDeg, { travel: this.#travel });
    return {
      turn: turns,
      known: known === true || possible.length < 2,
      possible,
      azimuthDeg: azimuthIn(this.#frame),
      reportedDeg: last.saidDeg,
    };
  }

  /**
   * Somebody has looked how the cable lies. Throws `out_of_range` for a turn that the travel does
   * not allow.
   */
  setTurn(turn: number): void {
    const now = this.turn;
    if (!now?.possible.includes(turn))
      throw new SkyScanError(
        'out_of_range',
        `turn ${turn} is not possible at the reported azimuth ${now?.reportedDeg ?? 'unknown'}: the travel allows ${now?.possible.join(', ') || 'none'}`,
      );
    this.#adopt(frameAtTurn(this.#frame, turn));
  }

  /** A move that a person watched has arrived in this turn. */
  confirmTurn(): void {
    if (this.#frame.last) this.#frame = { ...this.#frame, known: true };
  }

  /** The frame for the first readback of a move that differs from its start by far. */
  #afterHiddenMove(saidDeg: number, mount: Mount): Frame | undefined {
    const { last } = this.#frame;
    if (!last || this.#towardsDeg === undefined || last.saidDeg !== this.#departedDeg) return undefined;
    if (isSamePlace(last.saidDeg, saidDeg)) return undefined;
    return frameAfterHiddenMove(this.#frame, saidDeg, this.#towardsDeg, mount);
  }

  #adopt(frame: Frame | undefined): number | undefined {
    if (!frame) return undefined;
    this.#frame = frame;
    this.#keep();
    return azimuthIn(frame);
  }

  /** A controller that does not wrap says everything itself. */
  #keep(): void {
    if (this.#frame.wraps)
      this.#store.keep({ azimuthDeg: azimuthIn(this.#frame), towardsDeg: this.#towardsDeg });
  }
}
