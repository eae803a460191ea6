import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from '../finder/robust.ts';
import { sessionGain, type SessionGain } from './align-levels.ts';
import type { ComparedBand, ComparedPoints } from './compared-session.ts';
import type { Resampler } from './resampler.ts';

/** A band of a session on the cells of its baseline, without the gain of the session. */
export interface AlignedBand {
  /** By cell, dB; NaN: none. */
  levelDb: Float64Array;
  centreDb: Float64Array;
  /** Of level less centre, by the statistics: s sqrt(1 + 1/N). */
  sigmaDb: Float64Array;
  /** Of what moving the level to the cell may have changed. */
  movedSigmaDb: Float64Array;
  /** Mean time of the points of each cell. */
  timeMs: Float64Array;
  /** The nearest point of each cell; -1: none. */
  nearest: Int32Array;
  gain: SessionGain;
  /** By point. */
  timeOfPoint: Float64Array;
  pointVectors: Float64Array;
  clipped: Uint8Array;
  /** Median of the centre. */
  unitDb: number;
}

export interface Geometry {
  cellVectors: Float64Array;
  pointVectors: Float64Array;
  beamWidth: number;
  toCells: Resampler;
  toPoints: Resampler;
}

/**
 * Errors of the shape of the map, as a part of what they change: 3 to 10 % with steps of a third of
 * the beam.
 */
const SHAPE_ERROR = 0.1;

/** Puts a session on the cells of its baseline and removes its gain. */
export function alignBand(
  { cellVectors, pointVectors, beamWidth, toCells, toPoints }: Geometry,
  { levelDb, usual }: ComparedBand,
  { timeMs, clipped }: ComparedPoints,
  relativeSigma: number,
): AlignedBand {
  const cells = cellVectors.length / 3;
  const none = () => new Float64Array(cells).fill(NaN);
  const centreDb = usual?.centreDb ?? none();
  const differenceDb = toPoints.apply(centreDb).map((centre, k) => (levelDb[k] as number) - centre);
  const gain = sessionGain(differenceDb, pointVectors, timeMs, beamWidth, relativeSigma);
  const corrected = levelDb.map((level, k) =>
    gain.isUnsure[k] === 1 ? NaN : level - (gain.gainDb[k] as number),
  );
  const moved = new Float64Array(cells);
  return {
    levelDb: toCells.apply(corrected, moved),
    centreDb,
    sigmaDb: usual?.spreadDb.map((spread, cell) => spread * Math.sqrt(1 + 1 / (usual.count[cell] as number))) ?? none(),
    movedSigmaDb: moved.map((value) => SHAPE_ERROR * value),
    timeMs: toCells.mean(timeMs),
    nearest: toCells.nearest,
    gain,
    timeOfPoint: timeMs,
    pointVectors,
    clipped,
    unitDb: medianOf(centreDb.filter((value) => !Number.isNaN(value))),
  };
}

/** z of each cell before it is scaled, and its scatter. */
export function zOf({ levelDb, centreDb, sigmaDb, movedSigmaDb }: AlignedBand): {
  z: Float64Array;
  scatter: number;
} {
  const z = levelDb.map(
    (level, cell) =>
      (level - (centreDb[cell] as number)) /
      Math.hypot(sigmaDb[cell] as number, movedSigmaDb[cell] as number),
  );
  return { z, scatter: robustScatter(z.filter((value) => !Number.isNaN(value))) };
}
