import type { Frame } from '#shared/sky/frame';
import type { SunKeepOut } from '#shared/sky/sun-keep-out';
import type { CableTurn } from './aimer.ts';

/** What a scan around a source needs besides a grid. */
export interface FrameInputs {
  frame: Frame;
  /** When it starts. */
  unixMs: number;
  /** Undefined: the rotor may point at the Sun. */
  sun?: SunKeepOut | undefined;
  /**
   * The cells to measure, of a scan that continues and need not meet the source any more;
   * undefined: all.
   */
  cells?: Uint32Array | undefined;
}

/** Of a plan around a source. */
export interface FoundFrame {
  turn: CableTurn;
  setpoints: Float64Array;
  travelFrom: Float64Array;
  unreachable: number;
  /** Why cells are out of reach; undefined: none is. */
  refusal: string | undefined;
}
