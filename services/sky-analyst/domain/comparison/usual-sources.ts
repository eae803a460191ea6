import { degToRad, linearToDb, radToDeg } from '#shared/sky/units';
import { gaussianGain } from '../finder/beam.ts';
import type { Source } from '../finder/describe-sources.ts';
import { findSources } from '../finder/find-sources.ts';
import { MODEL_REACH } from '../finder/fit-sources.ts';
import type { FittedSource } from '../finder/fit-group.ts';
import { createNeighbours } from '../finder/neighbours.ts';
import type { NoiseSettings } from '../finder/sky-map.ts';
import { angleBetween, pointingOf, vectorAt, vectorOf } from '../finder/sphere.ts';

/** A source of the baseline. */
export interface UsualSource {
  fitted: FittedSource;
  source: Source;
}

/**
 * The sources in the centre map of a baseline.
 * @param power Usual power of each cell, linear; NaN: none.
 * @param timeMs Of the session, for the rows.
 */
export function usualSources(
  cellVectors: Float64Array,
  power: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  noise: NoiseSettings,
): UsualSource[] {
  const known = Int32Array.from(power.keys()).filter(
    (cell) => !Number.isNaN(power[cell]) && !Number.isNaN(timeMs[cell]),
  );
  const pointings = Array.from(known, (cell) => pointingOf(vectorAt(cellVectors, cell)));
  const { sources } = findSources(
    {
      azimuthDeg: Float64Array.from(pointings, ({ azimuthDeg }) => azimuthDeg),
      elevationDeg: Float64Array.from(pointings, ({ elevationDeg }) => elevationDeg),
      timeMs: Float64Array.from(known, (cell) => timeMs[cell] as number),
      level: Float64Array.from(known, (cell) => power[cell] as number),
    },
    { noise, beamWidthDeg: radToDeg(beamWidth) },
  );
  return sources.map((source) => {
    const [[xx, xy], [, yy]] = source.covarianceDeg2;
    const inRadians = (value: number) => value * degToRad(1) ** 2;
    return {
      source,
      fitted: {
        direction: vectorOf(source.azimuthDeg, source.elevationDeg),
        amplitude: source.peak,
        width: source.widthDeg === undefined ? beamWidth : degToRad(source.widthDeg),
        widthSigma: undefined,
        covariance: [inRadians(xx), inRadians(xy), inRadians(yy)] as const,
      },
    };
  });
}

/** What sources add to the level of the sky at each direction, dB. */
export function modelDb(
  sources: readonly UsualSource[],
  vectors: Float64Array,
  beamWidth: number,
): Float64Array {
  const ratio = new Float64Array(vectors.length / 3);
  const neighbours = createNeighbours(vectors, beamWidth / 2);
  for (const { fitted, source } of sources) {
    const peak = 10 ** (source.peakDb / 10) - 1;
    const count = neighbours.near(fitted.direction, Math.min(Math.PI, MODEL_REACH * fitted.width));
    for (let n = 0; n < count; n++) {
      const point = neighbours.index[n] as number;
      const angle = angleBetween(vectorAt(vectors, point), fitted.direction);
      ratio[point] = (ratio[point] as number) + peak * gaussianGain(angle, fitted.width);
    }
  }
  return ratio.map((value) => linearToDb(1 + value));
}
