import type { SubtractedBackground } from './background.ts';
import type { BeamEllipse } from './beam-ellipse.ts';
import type { SourcePasses } from './antenna-frame.ts';
import type { NeighbourLevels } from './channel-background.ts';
import type { Extreme } from './cut.ts';
import type { Figure } from './figure.ts';
import type { MaskPoint } from './mask.ts';
import type { SunNoise } from './sun-noise.ts';

/** A scan over a source: columns with one value per point. Any order, any grid. */
export interface PatternScan extends SourcePasses {
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  sourceAzimuthDeg: Float64Array;
  sourceElevationDeg: Float64Array;
  /** Linear power in any unit. Points without a positive level are ignored. */
  level: Float64Array;
  /** 1: the receiver clipped. */
  clipped: Uint8Array;
  /** Of channels beside those of the level. Undefined: not measured. */
  neighbours?: NeighbourLevels | undefined;
  /** Of sessions at two gains. */
  joined?: JoinedColumns | undefined;
}

/** How the levels of two sessions became those of one. */
export interface JoinedColumns {
  /** 1: from the session with the higher gain, which has a relative noise of its own. */
  isHigh: Uint8Array;
  /** The power that the noise of a point is proportional to: without the offset of the join. */
  noiseLevel: Float64Array;
  /** Errors of the levels by the join, of one sigma; each is independent of the others. */
  errors: readonly Float64Array[];
}

export interface PatternSettings {
  /** Linear power without the source. Undefined: the level far from the beam, if it is constant. */
  background?: number | undefined;
  /** Diameter of a disc; 0: a point. */
  sourceWidthDeg?: number | undefined;
  wavelengthM?: number | undefined;
  /** Of the antenna: for the envelope and the far field. */
  diameterM?: number | undefined;
  /** To the source. */
  distanceM?: number | undefined;
  /** The points are along the principal planes of the antenna. */
  alongPlanes?: boolean | undefined;
  /** Also computes `grid`. */
  withGrid?: boolean | undefined;
  /** Also computes `table`. */
  withTable?: boolean | undefined;
  /** Of the Sun, if it is the source: for the Y factor. */
  fluxSfu?: number | undefined;
  /** Undefined: 0. */
  fluxSigmaSfu?: number | undefined;
  /** Of the antenna. Undefined: the directivity, or that of a dish of `diameterM`. */
  gainDbi?: number | undefined;
  /** Of the owner, by rising angles. */
  mask?: readonly MaskPoint[] | undefined;
}

export type WarningCode =
  | 'background_unknown'
  | 'clipped'
  | 'coverage'
  | 'near_field'
  | 'not_covered'
  | 'overlap'
  | 'source_width'
  | 'step';

export interface PatternWarning {
  code: WarningCode;
  message: string;
}

/** How two gains were joined: low = factor * high + offset. */
export interface GainJoin {
  factorDb: Figure;
  /** Of the lower gain, linear power. */
  offset: Figure;
  /** From the lowest to the highest level that both have. */
  overlapDb: number;
  /** Points of the lower gain that were compared. */
  matched: number;
  /** In the pattern. */
  lowPoints: number;
  highPoints: number;
}

/** Both sides of a cut. Positions are degrees from the peak. */
export interface PlaneFigures {
  hpbwDeg: Figure | undefined;
  /** Left or below, and right or above. */
  before: { firstNull: Extreme | undefined; sideLobe: Extreme | undefined };
  after: { firstNull: Extreme | undefined; sideLobe: Extreme | undefined };
  /** At whole degrees from the axis of the antenna, -180 to 179. */
  cut: CutPoint[];
}

/** dB relative to the peak; NaN: not measured. Below the noise: one sigma of it. */
export interface CutPoint {
  angleDeg: number;
  gainDb: number;
  sigmaDb: number;
}

/** The cuts against a limit. */
export interface LimitFigures {
  /** The highest gain above the limit, negative if it is below everywhere. */
  excessDb: Figure;
  /** Where, from the peak. */
  angleDeg: number;
  /** Share of the measured angles above the limit by more than two sigma. */
  exceeded: number;
}

export interface EnvelopeFigures extends LimitFigures {
  /** Gain of the main lobe that was assumed, dBi. */
  gainDbi: number;
}

export interface AntennaPattern {
  points: number;
  /** Of the sphere, 0 to 1. */
  coverage: number;
  /** Where the beam points, relative to the axis of the mount: to the right, and up. */
  squintDeg: { azimuth: Figure; elevation: Figure };
  azimuth: PlaneFigures;
  elevation: PlaneFigures;
  ellipse: BeamEllipse | undefined;
  frontToBackDb: { opposite: Figure | undefined; worst: Figure | undefined };
  /** Upper bound: less of the sphere was measured than a directivity needs. */
  directivityDbi: Figure & { isUpperBound: boolean };
  beamSolidAngleSr: Figure & { isLowerBound: boolean };
  background: SubtractedBackground | undefined;
  envelope: EnvelopeFigures | undefined;
  mask: LimitFigures | undefined;
  /** Undefined: no flux is given, or the background is not known. */
  sunNoise: SunNoise | undefined;
  /** Undefined: all points have the same gain. */
  gainJoin?: GainJoin | undefined;
  warnings: PatternWarning[];
  /** Undefined: not asked for. */
  grid: PatternGrid | undefined;
  /** Undefined: not asked for, or the points are along lines. */
  table?: PatternTable | undefined;
}

/** The pattern by direction around the axis of the beam, in dB relative to the peak. */
export interface PatternTable {
  /** From the axis, rising from 0 to 180. */
  offAxisDeg: number[];
  /** Around it, rising from 0: to the right, towards 90: up. */
  rollDeg: number[];
  /** A row for each roll; NaN: not measured. */
  gainDb: number[][];
  /** For what was not measured: the mean beyond the main lobe, else the lowest gain. */
  floorDb: number;
}

/**
 * The pattern around the beam axis in a square: zenithal equidistant, so that the distance from the
 * middle is the angle from the axis. Rows from below to above, in each from left to right.
 */
export interface PatternGrid {
  /** Half of its width. */
  reachDeg: number;
  /** Of a row, and rows; odd. */
  size: number;
  /** As in `CutPoint`. */
  gainDb: number[];
  sigmaDb: number[];
}
