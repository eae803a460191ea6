import { SkyScanError } from '#shared/base/errors';
import { counted } from '#shared/base/plurals';
import { linearToDb } from '#shared/sky/units';
import { robustScatter } from '../finder/robust.ts';
import { vectorAt } from '../finder/sphere.ts';
import { DB_PER_NEPER } from './figure.ts';
import { fitJoin, type JoinFit, type Match } from './fit-join.ts';
import { createGainSession, type GainSession } from './gain-session.ts';
import { pointSigmas } from './noise.ts';
import type { GainJoin, PatternScan, PatternWarning } from './pattern.ts';

/** A level that the receiver can still measure is this far below those at which it clips. */
const CLIP_MARGIN = 10 ** -0.1;
/** Of the levels of clipped points; lower ones are those of short bursts. */
const CLIP_QUANTILE = 0.1;
/** Of the lower gain, above the lowest of its levels. */
const FLOOR_MARGIN_DB = 3;
const FLOOR_QUANTILE = 0.05;
/** What is compared of both sessions. */
const OVERLAP_DB = { least: 5, good: 10 };
const MIN_MATCHED = 20;
const MAX_MATCHED = 3_000;
/** With larger differences between the levels, the scans do not show the same. */
const MAX_SCATTER_DB = 1;

export interface JoinedScan {
  scan: PatternScan;
  join: GainJoin;
  warnings: PatternWarning[];
}

/**
 * Two scans of an antenna over the same source at different gains as one: low = factor * high +
 * offset in linear power, fitted where both are valid. The levels of the higher gain replace those
 * of the lower one wherever they are not clipped. Throws `wrong_state` if both have too little in
 * common.
 */
export function joinGains(low: PatternScan, high: PatternScan, alongPlanes = false): JoinedScan {
  const limit = clipLimit(high);
  const lowSide = createGainSession(low, { alongPlanes });
  const highSide = createGainSession(high, { alongPlanes, limit });
  const { matches, chosen, overlapDb } = matchesOf(lowSide, highSide);
  const fit = fitJoin(matches);
  const scatterDb = fit && fit.factor > 0 ? DB_PER_NEPER * robustScatter(fit.residuals) : Infinity;
  if (!fit || !(scatterDb <= MAX_SCATTER_DB))
    throw new SkyScanError(
      'wrong_state',
      Number.isFinite(scatterDb)
        ? `the levels of both gains differ by ${scatterDb.toFixed(1)} dB from a line, at most ${MAX_SCATTER_DB} dB are allowed: were both scans over the same source, with the same antenna?`
        : 'the levels of the lower gain do not rise with those of the higher one: were both scans over the same source?',
    );
  const errors = errorsOf(fit, chosen, lowSide, highSide);
  const scan = joined(low, high, { lowSide, highSide, fit, errors });
  const highPoints = scan.joined?.isHigh.reduce((sum, each) => sum + each, 0) ?? 0;
  return {
    scan,
    join: {
      factorDb: {
        value: linearToDb(fit.factor),
        sigma: (DB_PER_NEPER * errors.factor) / fit.factor,
      },
      offset: { value: fit.offset, sigma: errors.offset },
      overlapDb,
      matched: matches.length,
      lowPoints: scan.level.length - highPoints,
      highPoints,
    },
    warnings:
      overlapDb < OVERLAP_DB.good
        ? [
            {
              code: 'overlap',
              message: `both gains have valid levels in common over ${overlapDb.toFixed(1)} dB, ${OVERLAP_DB.good} dB are good: levels far below the peak are less certain`,
            },
          ]
        : [],
  };
}

/** The highest level that counts as measured. Throws `wrong_state` if nothing is clipped. */
function clipLimit({ level, clipped }: PatternScan): number {
  const found = level.filter((each, k) => clipped[k] === 1 && each > 0 && Number.isFinite(each)).sort();
  const lowest = found[Math.floor(CLIP_QUANTILE * found.length)];
  if (lowest === undefined)
    throw new SkyScanError(
      'wrong_state',
      'no point of the higher gain is clipped: nothing of it has to be replaced, measure its pattern alone',
    );
  return CLIP_MARGIN * lowest;
}

/** The points of the lower gain at which both are valid. */
function matchesOf(
  low: GainSession,
  high: GainSession,
): { matches: Match[]; chosen: number[]; overlapDb: number } {
  const { vectors, level, total } = low.points;
  const sorted = total.slice().sort();
  const floor = (sorted[Math.floor(FLOOR_QUANTILE * sorted.length)] ?? NaN) * 10 ** (FLOOR_MARGIN_DB / 10);
  const above = Array.from(total, (_, k) => k).filter((k) => (total[k] as number) > floor);
  const step = Math.ceil(above.length / MAX_MATCHED);
  const matches: Match[] = [];
  const chosen: number[] = [];
  above.forEach((k, n) => {
    if (n % step !== 0) return;
    const direction = vectorAt(vectors, k);
    // Where the nearest level is clipped, the fit is extrapolated.
    if (!high.covers(direction)) return;
    const [own, other] = [low.fitAt(direction), high.fitAt(direction)];
    if (!own || !other || !(own.value > floor) || !(other.value > 0)) return;
    matches.push({ low: level[k] as number, high: other.value, level: own.value });
    chosen.push(k);
  });
  const levels = matches.map((match) => match.level);
  const overlapDb = levels.length < 2 ? 0 : linearToDb(Math.max(...levels) / Math.min(...levels));
  if (matches.length < MIN_MATCHED || overlapDb < OVERLAP_DB.least)
    throw new SkyScanError(
      'wrong_state',
      `both gains are valid at ${counted(matches.length, 'point')} over ${overlapDb.toFixed(1)} dB: a join needs ${MIN_MATCHED} points over ${OVERLAP_DB.least} dB, between ${FLOOR_MARGIN_DB} dB above the lowest level of the lower gain and 1 dB below the level at which the higher gain clips; choose gains that are nearer to each other`,
    );
  return { matches, chosen, overlapDb };
}

/** Of both parameters, and the level of the higher gain at which they are independent. */
interface JoinErrors {
  factor: number;
  offset: number;
  /** At `pivot`. */
  level: number;
  pivot: number;
}

/**
 * From the noise of the points of both gains through their factors in the fit. Neighbouring
 * matches use the same points of the higher gain. Differences beyond the noise, as from drift,
 * raise the errors.
 */
function errorsOf(fit: JoinFit, chosen: readonly number[], low: GainSession, high: GainSession): JoinErrors {
  const fits = chosen.map((k) => {
    const direction = vectorAt(low.points.vectors, k);
    return { own: low.fitAt(direction), other: high.fitAt(direction) };
  });
  const used = new Set(fits.flatMap(({ other }) => Array.from(other?.index ?? [])));
  const lowSigmas = pointSigmas(low.points, low.fitAt, Int32Array.from(chosen));
  const highSigmas = pointSigmas(high.points, high.fitAt, Int32Array.from(used));
  const byHigh = { factor: new Float64Array(highSigmas.length), offset: new Float64Array(highSigmas.length) };
  const expected = Float64Array.from(fits, ({ own, other }, n) => {
    let variance = (lowSigmas[chosen[n] as number] as number) ** 2;
    other?.index.forEach((at, m) => {
      const weight = other.weights[m] as number;
      for (const name of ['factor', 'offset'] as const)
        byHigh[name][at] = (byHigh[name][at] as number) + weight * (fit.byHigh[name][n] as number);
      variance += (fit.factor * weight * (highSigmas[at] as number)) ** 2;
    });
    return Math.sqrt(variance) / (own?.value ?? NaN);
  });
  const scale = Math.max(
    1,
    robustScatter(fit.residuals.map((residual, n) => residual / (expected[n] as number))),
  );
  const covariance = (one: 'factor' | 'offset', other: 'factor' | 'offset') => {
    let sum = 0;
    chosen.forEach((k, n) => {
      sum += (fit.byLow[one][n] as number) * (fit.byLow[other][n] as number) * (lowSigmas[k] as number) ** 2;
    });
    highSigmas.forEach((sigma, at) => {
      sum += (byHigh[one][at] as number) * (byHigh[other][at] as number) * sigma ** 2;
    });
    return sum * scale ** 2;
  };
  const [ff, fo, oo] = [
    covariance('factor', 'factor'),
    covariance('factor', 'offset'),
    covariance('offset', 'offset'),
  ];
  const pivot = -fo / ff;
  return {
    factor: Math.sqrt(ff),
    offset: Math.sqrt(oo),
    level: Math.sqrt(Math.max(0, oo - fo ** 2 / ff)),
    pivot,
  };
}

/** Points of the higher gain where they are valid; of the lower one where the nearest is not. */
function joined(
  low: PatternScan,
  high: PatternScan,
  {
    lowSide,
    highSide,
    fit,
    errors,
  }: { lowSide: GainSession; highSide: GainSession; fit: JoinFit; errors: JoinErrors },
): PatternScan {
  const fromLow = lowSide.index.filter((_, n) => !highSide.covers(vectorAt(lowSide.points.vectors, n)));
  const fromHigh = highSide.index;
  const lows = fromLow.length;
  const both = (pick: (scan: PatternScan) => ArrayLike<number>) => {
    const [one, other] = [pick(low), pick(high)];
    return Float64Array.from([
      ...Array.from(fromLow, (k) => one[k] as number),
      ...Array.from(fromHigh, (k) => other[k] as number),
    ]);
  };
  const measured = both(({ level }) => level);
  const ofHigh = (value: (level: number) => number) =>
    measured.map((level, n) => (n < lows ? 0 : value(level)));
  return {
    azimuthDeg: both(({ azimuthDeg }) => azimuthDeg),
    elevationDeg: both(({ elevationDeg }) => elevationDeg),
    sourceAzimuthDeg: both(({ sourceAzimuthDeg }) => sourceAzimuthDeg),
    sourceElevationDeg: both(({ sourceElevationDeg }) => sourceElevationDeg),
    level: measured.map((level, n) => (n < lows ? level : fit.factor * level + fit.offset)),
    clipped: Uint8Array.from(both(({ clipped }) => clipped)),
    joined: {
      isHigh: Uint8Array.from(measured, (_, n) => (n < lows ? 0 : 1)),
      noiseLevel: measured.map((level, n) => (n < lows ? level : fit.factor * level)),
      errors: [ofHigh((level) => (level - errors.pivot) * errors.factor), ofHigh(() => errors.level)],
    },
  };
}
