import { dbToLinear } from '#shared/sky/units';
import { annulusBackground } from '../finder/background.ts';
import { addSource } from '../finder/fit-sources.ts';
import type { FittedSource } from '../finder/fit-group.ts';
import { createMatchedFilter } from '../finder/matched-filter.ts';
import { createNeighbours } from '../finder/neighbours.ts';
import type { Points } from '../finder/points.ts';
import { correlationOf, MODEL_ERROR, type PreparedMap } from '../finder/prepared-map.ts';
import { createSensitivity, type Sensitivity } from '../finder/sensitivity.ts';
import type { AlignedBand } from './align-band.ts';

/** A session less its baseline in linear power, at the cells that have both. */
export interface DifferenceMap {
  points: Points;
  /** The cell of each point. */
  cellOf: Int32Array;
  /** The usual power, 1 at the typical cell. */
  usual: Float64Array;
  difference: Float64Array;
  /** Standard deviation of the difference without a change. */
  sigma: Float64Array;
  sensitivity: Sensitivity;
  share: Float64Array;
  clipped: Float64Array;
}

/** @param noiseScale What the spreads are multiplied with. */
export function differenceMap(
  band: AlignedBand,
  cellVectors: Float64Array,
  beamWidth: number,
  noiseScale: number,
): DifferenceMap {
  const { levelDb, centreDb, sigmaDb, movedSigmaDb, gain } = band;
  const cellOf = Int32Array.from(levelDb.keys()).filter(
    (cell) =>
      !Number.isNaN((levelDb[cell] as number) - (centreDb[cell] as number) + (sigmaDb[cell] as number)),
  );
  const column = (of: (cell: number) => number) => Float64Array.from(cellOf, of);
  const vectors = new Float64Array(3 * cellOf.length);
  cellOf.forEach((cell, k) => vectors.set(cellVectors.subarray(3 * cell, 3 * cell + 3), 3 * k));
  const usual = column((cell) => dbToLinear((centreDb[cell] as number) - band.unitDb));
  const now = column((cell) => dbToLinear((levelDb[cell] as number) - band.unitDb));
  const rowOfPoint = new Int32Array(band.timeOfPoint.length);
  gain.rows.forEach(({ points }, row) => points.forEach((point) => (rowOfPoint[point] = row)));
  const timeMs = column((cell) => band.timeMs[cell] as number);
  const points: Points = {
    vectors,
    neighbours: createNeighbours(vectors, beamWidth / 2),
    counts: new Float64Array(cellOf.length).fill(1),
    timeMs,
    firstMs: timeMs,
    lastMs: timeMs,
    rowOf: Int32Array.from(cellOf, (cell) => rowOfPoint[band.nearest[cell] as number] as number),
    beamWidth,
  };
  const measured = { neighbours: createNeighbours(band.pointVectors, beamWidth / 2), beamWidth };
  const sweeps = { vectors: band.pointVectors, rows: gain.rows, bins: undefined };
  const sensitivity = createSensitivity(measured, sweeps, gain.drift);
  const shares = sensitivity.map();
  const nearest = (of: ArrayLike<number>) => column((cell) => of[band.nearest[cell] as number] as number);
  const rowSigma = nearest(gain.sigma);
  const perDb = Math.log(10) / 10;
  return {
    points,
    cellOf,
    usual,
    difference: now.map((value, k) => value - (usual[k] as number)),
    sigma: usual.map((value, k) => {
      const cell = cellOf[k] as number;
      const noise = perDb * (sigmaDb[cell] as number) * noiseScale;
      return value * Math.hypot(noise, perDb * (movedSigmaDb[cell] as number), rowSigma[k] as number);
    }),
    sensitivity,
    share: nearest(shares),
    clipped: nearest(band.clipped),
  };
}

/**
 * The matched filter on a difference, for the functions of the source finder: what a source of
 * the difference stands out of. Its noise is that of the statistics.
 * @param sources Of the difference; they are subtracted.
 * @param usualSources Of the baseline: near them, errors of the beam's model look like a change.
 */
export function prepareDifference(
  map: DifferenceMap,
  difference: Float64Array,
  sources: readonly FittedSource[],
  usualSources: Float64Array | undefined,
): PreparedMap {
  const { points, sigma, usual, sensitivity, share } = map;
  const model = new Float64Array(difference.length);
  for (const source of sources) addSource(model, source, 1, points);
  const flat = difference.map((value, k) => value - (model[k] as number));
  const { vectors, neighbours, beamWidth } = points;
  const ripple = annulusBackground(vectors, neighbours, flat, sigma, beamWidth);
  const residual = flat.map((value, k) => value - (ripple[k] as number));
  const detectionSigma = sigma.map((value, k) =>
    Math.hypot(value, MODEL_ERROR * ((model[k] as number) + (usualSources?.[k] ?? 0))),
  );
  const filter = createMatchedFilter(vectors, neighbours, residual, detectionSigma, beamWidth);
  const ratios = filter.map().map((ratio, k) => ratio / Math.sqrt(share[k] as number));
  const correlation = correlationOf(ratios, points);
  return {
    background: usual.map((value, k) => Math.max(1e-3 * value, value - (usualSources?.[k] ?? 0))),
    baselineSigma: sigma,
    above: residual.map((value, k) => value + (model[k] as number)),
    sigma,
    relativeSigma: 0,
    noiseScale: 1,
    correlation,
    ratios: ratios.map((ratio) => ratio / correlation),
    filter,
    model,
    sensitivity,
  };
}
