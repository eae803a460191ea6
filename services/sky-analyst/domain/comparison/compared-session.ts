import type { ChannelRange } from '../finder/merge-channels.ts';
import type { Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import type { AnomalyKind } from '#contract/anomaly-values';
import type { SessionSource } from '../session/session-map.ts';

/** Results of another version are not comparable. */
export const COMPARISON_VERSION = 2;

/** A session and the baseline it is compared with. */
export interface ComparedSession {
  /** Cells of the baseline, degrees. */
  cells: { azimuthDeg: Float64Array; elevationDeg: Float64Array };
  points: ComparedPoints;
  /** The part of the band with the largest bandwidth first. */
  bands: ComparedBand[];
}

/** The points of the session: columns with one value per point. */
export interface ComparedPoints {
  /** The readback, degrees. */
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  timeMs: Float64Array;
  /** 1: the receiver clipped. */
  clipped: Uint8Array;
}

export interface ComparedBand extends ChannelRange {
  /** Of a level. */
  integrationS: number;
  /** Of each point, dB; NaN: none. */
  levelDb: Float64Array;
  /** Undefined: there are no statistics. */
  usual: UsualLevels | undefined;
}

/** Statistics of the earlier sessions, by cell; NaN: none. */
export interface UsualLevels {
  sessions: number;
  count: Float64Array;
  centreDb: Float64Array;
  /** Moderated (summarize-levels.ts). */
  spreadDb: Float64Array;
}

export interface ComparisonSettings {
  /** HPBW of the antenna; measured if undefined. */
  beamWidthDeg?: number | undefined;
  /** Relative error of the gain between two points; 0.005 by default. */
  gainError?: number | undefined;
  /** |z| of an anomaly; depends on the number of sessions by default. */
  thresholdSigma?: number | undefined;
  /** Undefined: it is not known where the Sun is. */
  site?: Site | undefined;
}

/** Of each cell; NaN: none. */
export interface ComparedLevels {
  /** Without the offset and the drift of the session. */
  levelDb: Float32Array;
  changeDb: Float32Array;
  z: Float32Array;
}

/** A source in the difference between a session and its baseline. */
export interface Anomaly {
  kind: AnomalyKind;
  /** As it is now; `gone`: as it usually is. */
  source: SessionSource;
  /** Of the matched filter on the difference; negative: less power than usual. */
  z: number;
  /** new, gone: of the level at the place. Others: of the power of the source without the sky. */
  changeDb: number;
  /** Standard deviation. */
  changeErrorDb: number | undefined;
  /** moved: where it usually is. */
  from: Pointing | undefined;
}

export interface ComparisonReport {
  levels: ComparedLevels[];
  /** The largest |z| first. */
  anomalies: Anomaly[];
  /** Of the first band. */
  offsetDb: number;
  /** Scatter of z before it was scaled to 1; of the first band. NaN: not compared. */
  noiseScale: number;
  /** Share of the cells with a level in the first band. */
  coverage: number;
  beamWidthDeg: number;
  /** Cells of anomalies. */
  anomalousCells: number[];
  /** Cells that the Sun was near to. */
  sunCells: number[];
  /** Why the session must not enter the baseline. */
  unsuitable: string | undefined;
}
