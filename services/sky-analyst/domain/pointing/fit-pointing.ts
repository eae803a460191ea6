import { SkyScanError } from '#shared/base/errors';
import { azimuthOnCircleDeg, separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { eigenOf, inverseOf, times } from '../statistics/symmetric.ts';
import {
  NO_POINTING_ERROR,
  pointingTerms,
  setpointOf,
  type PointingModel,
  type PointingTerm,
} from '#shared/sky/pointing-model';

/** Where a source of known direction was found. */
export interface PointingObservation {
  /** True direction at the time of the observation. */
  direction: Pointing;
  readback: Pointing;
  /** Standard deviation on the sky, per axis. */
  sigmaDeg: number;
}

export interface PointingFit {
  model: PointingModel;
  /** The fitted terms; the others are 0. */
  terms: PointingTerm[];
  /** Standard deviation by fitted term, degrees, and the covariance in the order of `terms`. */
  sigmasDeg: number[];
  covariance: number[][];
  /** Readback minus model on the sky: azimuth times cos E. */
  residuals: { crossDeg: number; elevationDeg: number }[];
  /** Of the residuals before and after the fit, degrees: of sqrt(cross^2 + elevation^2). */
  rmsBeforeDeg: number;
  rmsDeg: number;
  chiSquare: number;
  degreesOfFreedom: number;
}

/** Positions nearer to each other than this count as one. */
const DISTINCT_DEG = 2;
const MIN_POSITIONS = 6;
const MIN_SPAN_DEG = 60;
/** Largest condition number of the scaled design: beyond, terms cannot be told from each other. */
const MAX_CONDITION = 60;
/** Tried in this order: NPAE and CA are like IA when the elevations differ little. */
const CHOICES: PointingTerm[][] = [
  ['IA', 'IE', 'CA', 'NPAE', 'AN', 'AW'],
  ['IA', 'IE', 'CA', 'AN', 'AW'],
  ['IA', 'IE', 'AN', 'AW'],
];
const INDEX_TERMS: PointingTerm[] = ['IA', 'IE'];

/**
 * The pointing model by weighted least squares: IA and IE, and more terms when 6 positions over 60
 * degrees of azimuth determine them. The covariance is scaled by chi square per degree of freedom
 * where that is above 1. Throws `invalid` without observations or with impossible values.
 */
export function fitPointing(observations: readonly PointingObservation[]): PointingFit {
  check(observations);
  const isRich =
    distinctPositions(observations) >= MIN_POSITIONS && azimuthSpanDeg(observations) >= MIN_SPAN_DEG;
  const choices = isRich ? CHOICES : [];
  const terms =
    choices.find((choice) => conditionOf(normalMatrix(rowsOf(observations, choice))) <= MAX_CONDITION) ??
    INDEX_TERMS;
  const rows = rowsOf(observations, terms);
  const inverse = inverseOf(normalMatrix(rows));
  if (!inverse) throw new SkyScanError('invalid', 'the observations do not determine IA and IE');
  const products = terms.map((_, i) =>
    rows.reduce((sum, { factors, value }) => sum + (factors[i] as number) * value, 0),
  );
  const sizes = times(inverse, products);
  const model = { ...NO_POINTING_ERROR };
  terms.forEach((term, k) => (model[term] = sizes[k] as number));
  const residuals = observations.map((observation) => differenceOf(observation, model));
  const chiSquare = observations.reduce(
    (sum, { sigmaDeg }, k) => sum + sizeOf(residuals[k]) ** 2 / sigmaDeg ** 2,
    0,
  );
  const degreesOfFreedom = rows.length - terms.length;
  const scale = degreesOfFreedom > 0 ? Math.max(1, chiSquare / degreesOfFreedom) : 1;
  const covariance = inverse.map((row) => row.map((value) => value * scale));
  return {
    model,
    terms,
    sigmasDeg: covariance.map((row, k) => Math.sqrt(row[k] as number)),
    covariance,
    residuals,
    rmsBeforeDeg: rms(observations.map((observation) => differenceOf(observation, NO_POINTING_ERROR))),
    rmsDeg: rms(residuals),
    chiSquare,
    degreesOfFreedom,
  };
}

interface Row {
  factors: number[];
  value: number;
}

/** Two rows per observation, divided by its standard deviation. */
function rowsOf(observations: readonly PointingObservation[], terms: readonly PointingTerm[]): Row[] {
  return observations.flatMap((observation) => {
    const { direction, sigmaDeg } = observation;
    const factors = pointingTerms(direction);
    const cos = Math.cos(degToRad(direction.elevationDeg));
    const { crossDeg, elevationDeg } = differenceOf(observation, NO_POINTING_ERROR);
    return [
      { factors: terms.map((t) => (factors[t].azimuth * cos) / sigmaDeg), value: crossDeg / sigmaDeg },
      { factors: terms.map((t) => factors[t].elevation / sigmaDeg), value: elevationDeg / sigmaDeg },
    ];
  });
}

function normalMatrix(rows: readonly Row[]): number[][] {
  const size = rows[0]?.factors.length ?? 0;
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) =>
      rows.reduce((sum, { factors }) => sum + (factors[i] as number) * (factors[j] as number), 0),
    ),
  );
}

/** Of the design with columns of length 1 (Belsley, Kuh and Welsch 1980). */
function conditionOf(matrix: readonly (readonly number[])[]): number {
  const scale = (i: number) => Math.sqrt(matrix[i]?.[i] ?? 0);
  const { values } = eigenOf(matrix.map((row, i) => row.map((value, j) => value / (scale(i) * scale(j)))));
  return Math.sqrt((values.at(-1) ?? 0) / Math.max(values[0] ?? 0, Number.MIN_VALUE));
}

function differenceOf({ direction, readback }: PointingObservation, model: PointingModel) {
  const expected = setpointOf(model, direction);
  const azimuthDeg = readback.azimuthDeg - expected.azimuthDeg;
  return {
    crossDeg: (azimuthOnCircleDeg(azimuthDeg + 180) - 180) * Math.cos(degToRad(direction.elevationDeg)),
    elevationDeg: readback.elevationDeg - expected.elevationDeg,
  };
}

function sizeOf(difference: { crossDeg: number; elevationDeg: number } | undefined): number {
  return Math.hypot(difference?.crossDeg ?? 0, difference?.elevationDeg ?? 0);
}

function rms(differences: readonly { crossDeg: number; elevationDeg: number }[]): number {
  return Math.sqrt(differences.reduce((sum, each) => sum + sizeOf(each) ** 2, 0) / differences.length);
}

function distinctPositions(observations: readonly PointingObservation[]): number {
  const found: Pointing[] = [];
  for (const { direction } of observations)
    if (found.every((other) => separationDeg(other, direction) >= DISTINCT_DEG)) found.push(direction);
  return found.length;
}

/** The circle without its largest gap. */
function azimuthSpanDeg(observations: readonly PointingObservation[]): number {
  const sorted = observations
    .map(({ direction }) => azimuthOnCircleDeg(direction.azimuthDeg))
    .sort((a, b) => a - b);
  const gaps = sorted.map((azimuth, k) => (sorted[k + 1] ?? (sorted[0] as number) + 360) - azimuth);
  return 360 - Math.max(...gaps);
}

function check(observations: readonly PointingObservation[]): void {
  if (observations.length === 0) throw new SkyScanError('invalid', 'there are no observations to fit');
  observations.forEach(({ direction, readback, sigmaDeg }, k) => {
    const values = [direction, readback].flatMap((p) => [p.azimuthDeg, p.elevationDeg]);
    if (!values.every(Number.isFinite))
      throw new SkyScanError('invalid', `observation ${k + 1}: a pointing is not finite`);
    if (!(sigmaDeg > 0 && Number.isFinite(sigmaDeg)))
      throw new SkyScanError('invalid', `observation ${k + 1}: error ${sigmaDeg} deg is not above 0 deg`);
  });
}
