import { SkyScanError } from '#shared/base/errors';
import { intersectLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import {
  unwrappedAzimuthDeg,
  wrapAfterHiddenMove,
  wrapTowardsTarget,
  wrapAtTurn,
  wrapOnTarget,
  isSameDirection,
  nextWrap,
  restoredWrap,
  turnsInTravel,
  UNKNOWN_WRAP,
  type AzimuthWrap,
  type SavedAzimuthWrap,
  type AzimuthAxis,
} from '../domain/azimuth-wrap.ts';

/** Stores the azimuth wrap of one rotator for a restart. */
export interface AzimuthWrapStore {
  readonly saved: SavedAzimuthWrap | undefined;
  save(wrap: SavedAzimuthWrap): void;
}

/** The turn of a rotator: azimuth = reported + 360 * turn. */
export interface CableTurn {
  turn: number;
  /**
   * The turn is certain: only one fits the travel, the controller counts past 360 degrees, or it
   * was observed or set.
   */
  known: boolean;
  /** The turns inside the travel. */
  possible: number[];
  azimuthDeg: number;
  reportedDeg: number;
}

/** Converts the azimuths that a controller reports to unwrapped ones and tracks the turn. */
export class AzimuthUnwrapper {
  readonly #rotor: () => RotorConfig;
  readonly #store: AzimuthWrapStore;
  #wrap: AzimuthWrap = UNKNOWN_WRAP;
  #connection: number | undefined;
  #towardsDeg: number | undefined;
  /** The reported azimuth at the start of the move. */
  #departedDeg: number | undefined;
  #travel: TravelLimits | undefined;

  constructor(rotor: () => RotorConfig, store: AzimuthWrapStore) {
    this.#rotor = rotor;
    this.#store = store;
  }

  /** The unwrapped azimuth. `reportedTravel`: the travel that rotctld reports. */
  unwrap(
    reportedDeg: number,
    atMs: number,
    reportedTravel: TravelLimits | undefined,
    connection: number,
  ): number {
    const rotor = this.#rotor();
    const { limits, azimuth } = rotor;
    const trusted = trustedLimits(rotor, reportedTravel);
    const travel = trusted ? intersectLimits(limits, trusted) : limits;
    this.#travel = travel;
    const axis = { travel, speedDegPerS: azimuth.speedDegPerS };
    // A change while rotctld was disconnected may include a turn.
    const { last } = this.#wrap;
    if (last && connection !== this.#connection && !isSameDirection(last.reportedDeg, reportedDeg))
      this.#wrap = { turns: 0, wraps: this.#wrap.wraps, known: false };
    this.#connection = connection;
    const before = this.#wrap;
    const { saved } = this.#store;
    const resumed = before.last || !saved || last ? undefined : restoredWrap(saved, reportedDeg, axis);
    const from = resumed ?? this.#afterHiddenMove(reportedDeg, axis) ?? before;
    this.#wrap = nextWrap(from, reportedDeg, atMs, axis);
    if (this.#wrap.turns !== before.turns) this.#save();
    return unwrappedAzimuthDeg(this.#wrap);
  }

  /** Sets the target of a move; undefined: the move is over. */
  setTarget(target: Pointing | undefined): void {
    if (this.#towardsDeg === target?.azimuthDeg) return;
    this.#towardsDeg = target?.azimuthDeg;
    this.#departedDeg = target && this.#wrap.last?.reportedDeg;
    this.#save();
  }

  /** Corrects the turn of a rotator that rests on target in another turn; returns the azimuth. */
  azimuthOnTarget(targetDeg: number, toleranceDeg: number): number | undefined {
    return this.#adopt(wrapOnTarget(this.#wrap, targetDeg, toleranceDeg));
  }

  /**
   * Corrects the turn of a rotator that moves to the target in another turn; returns the azimuth.
   */
  azimuthTowardsTarget(startDeg: number, targetDeg: number): number | undefined {
    return this.#travel && this.#adopt(wrapTowardsTarget(this.#wrap, startDeg, targetDeg, this.#travel));
  }

  /** The current turn; undefined before the first reading. */
  get turn(): CableTurn | undefined {
    const { last, turns, known } = this.#wrap;
    if (!last || !this.#travel) return undefined;
    const possible = turnsInTravel(last.reportedDeg, { travel: this.#travel });
    return {
      turn: turns,
      known: known === true || possible.length < 2,
      possible,
      azimuthDeg: unwrappedAzimuthDeg(this.#wrap),
      reportedDeg: last.reportedDeg,
    };
  }

  /** Sets the turn that a person has observed. Throws `out_of_range` outside the travel. */
  setTurn(turn: number): void {
    const now = this.turn;
    if (!now?.possible.includes(turn))
      throw new SkyScanError(
        'out_of_range',
        `turn ${turn} is not possible at the reported azimuth ${now?.reportedDeg ?? 'unknown'}: the travel allows ${now?.possible.join(', ') || 'none'}`,
      );
    this.#adopt(wrapAtTurn(this.#wrap, turn));
  }

  /** Marks the turn as certain: a manual move arrived in it. */
  confirmTurn(): void {
    if (this.#wrap.last) this.#wrap = { ...this.#wrap, known: true };
  }

  /** The wrap for the first readback that differs clearly from the start of a move. */
  #afterHiddenMove(reportedDeg: number, axis: AzimuthAxis): AzimuthWrap | undefined {
    const { last } = this.#wrap;
    if (!last || this.#towardsDeg === undefined || last.reportedDeg !== this.#departedDeg) return undefined;
    if (isSameDirection(last.reportedDeg, reportedDeg)) return undefined;
    return wrapAfterHiddenMove(this.#wrap, reportedDeg, this.#towardsDeg, axis);
  }

  #adopt(wrap: AzimuthWrap | undefined): number | undefined {
    if (!wrap) return undefined;
    this.#wrap = wrap;
    this.#save();
    return unwrappedAzimuthDeg(wrap);
  }

  /** Only wrapping controllers need a saved turn. */
  #save(): void {
    if (this.#wrap.wraps)
      this.#store.save({ azimuthDeg: unwrappedAzimuthDeg(this.#wrap), towardsDeg: this.#towardsDeg });
  }
}
