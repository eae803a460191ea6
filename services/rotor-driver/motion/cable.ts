import { intersectLimits, type Pointing, type TravelLimits } from '#shared/pointing';
import type { RotorConfig } from '#shared/rotor-config';
import {
  azimuthIn,
  frameAhead,
  frameOnTarget,
  nextFrame,
  resumedFrame,
  UNKNOWN_FRAME,
  type Frame,
  type KeptFrame,
} from '../domain/frame.ts';

/** Keeps what is known of one rotator's cable over a restart. */
export interface FrameStore {
  readonly kept: KeptFrame | undefined;
  keep(frame: KeptFrame): void;
}

/** Follows a rotator's cable: turns what its controller says into azimuths that do not jump at north. */
export class Cable {
  readonly #rotor: () => RotorConfig;
  readonly #store: FrameStore;
  #frame: Frame = UNKNOWN_FRAME;
  #towardsDeg: number | undefined;
  #travel: TravelLimits | undefined;

  constructor(rotor: () => RotorConfig, store: FrameStore) {
    this.#rotor = rotor;
    this.#store = store;
  }

  /** The azimuth of what the controller says; `reported`: the travel of which its daemon speaks. */
  azimuthOf(saidDeg: number, atMs: number, reported: TravelLimits | undefined): number {
    const { limits, azimuth } = this.#rotor();
    const travel = reported ? intersectLimits(limits, reported) : limits;
    this.#travel = travel;
    const mount = { travel, speedDegPerS: azimuth.speedDegPerS };
    const before = this.#frame;
    const { kept } = this.#store;
    const from = before.last || !kept ? before : resumedFrame(kept, saidDeg, mount);
    this.#frame = nextFrame(from, saidDeg, atMs, mount);
    if (this.#frame.turns !== before.turns) this.#keep();
    return azimuthIn(this.#frame);
  }

  /** A move begins, or is over. */
  headFor(target: Pointing | undefined): void {
    if (this.#towardsDeg === target?.azimuthDeg) return;
    this.#towardsDeg = target?.azimuthDeg;
    this.#keep();
  }

  /** The azimuth of a rotator that rests on target a turn off; it counts in that turn from now on. */
  onTarget(targetDeg: number, toleranceDeg: number): number | undefined {
    return this.#adopt(frameOnTarget(this.#frame, targetDeg, toleranceDeg));
  }

  /** The azimuth of a rotator that is on its way to the target in another turn; it counts in that one from now on. */
  ahead(startDeg: number, targetDeg: number): number | undefined {
    return this.#travel && this.#adopt(frameAhead(this.#frame, startDeg, targetDeg, this.#travel));
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
