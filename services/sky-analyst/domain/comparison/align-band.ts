import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from '../finder/robust.ts';
import { sessionGain, type SessionGain } from './align-levels.ts';
import type { ComparedBand, ComparedPoints } from './compared-session.ts';
import type { Resampler } from './resampler.ts';
import { modelDb, type UsualSource } from './usual-sources.ts';

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

/** Errors of the shape of the map, as a part of what they change: 3 to 20 %, by the step. */
const SHAPE_ERROR = 0.15;
/** The same of sources, whose shape is known. */
const SOURCE_ERROR = 0.03;

/**
 * Puts a session on the cells of its baseline and removes its gain. The sources of the baseline
 * are taken out before levels are moved and added after it, because they are sharper than the
 * rest.
 * @param usualOf The sources of the baseline, if levels are moved.
 */
export function alignBand(
  { cellVectors, pointVectors, beamWidth, toCells, toPoints }: Geometry,
  { levelDb, usual }: ComparedBand,
  { timeMs, clipped }: ComparedPoints,
  relativeSigma: number,
  usualOf: () => readonly UsualSource[],
): AlignedBand {
  const cells = cellVectors.length / 3;
  const none = () => new Float64Array(cells).fill(NaN);
  const centreDb = usual?.centreDb ?? none();
  const sources = usual && (toCells.moves || toPoints.moves) ? usualOf() : [];
  const modelAt = (vectors: Float64Array) => modelDb(sources, vectors, beamWidth);
  const [ofCells, ofPoints] = [modelAt(cellVectors), modelAt(pointVectors)];
  const less = (values: Float64Array, model: Float64Array) =>
    values.map((value, k) => value - (model[k] as number));
  const centreAtPoints = toPoints.apply(less(centreDb, ofCells));
  const levelLess = less(levelDb, ofPoints);
  const differenceDb = less(levelLess, centreAtPoints);
  const gain = sessionGain(differenceDb, pointVectors, timeMs, beamWidth, relativeSigma);
  const corrected = levelLess.map((level, k) =>
    gain.isUnsure[k] === 1 ? NaN : level - (gain.gainDb[k] as number),
  );
  const moved = new Float64Array(cells);
  const smooth = toCells.apply(corrected, moved);
  const movedSource = less(toCells.mean(ofPoints), ofCells);
  return {
    levelDb: smooth.map((level, cell) => level + (ofCells[cell] as number)),
    centreDb,
    sigmaDb:
      usual?.spreadDb.map((spread, cell) => spread * Math.sqrt(1 + 1 / (usual.count[cell] as number))) ??
      none(),
    movedSigmaDb: moved.map((value, cell) =>
      Math.hypot(SHAPE_ERROR * value, SOURCE_ERROR * (movedSource[cell] as number)),
    ),
    timeMs: toCells.mean(timeMs),
    nearest: toCells.nearest,
    gain,
    timeOfPoint: timeMs,
    pointVectors,
    clipped,
    unitDb: unitDbOf(centreDb),
  };
}

/** The level of the typical cell. */
export function unitDbOf(centreDb: Float64Array): number {
  return medianOf(centreDb.filter((value) => !Number.isNaN(value)));
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
