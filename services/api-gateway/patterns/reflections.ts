import type { AntennaPattern } from '#contract/rest/patterns';
import { medianOf } from '#shared/spectrum/median';
import { anglesOf, valuesAt } from './cut-values.ts';

type Repeat = Pick<AntennaPattern, 'cuts' | 'hpbw_deg' | 'squint_deg' | 'frequency_hz' | 'source'>;
type Warning = AntennaPattern['warnings'][number];

/** Patterns of other frequencies differ. */
const MAX_FREQUENCY_RATIO = 1.001;
/** Mean square of the differences of a window in standard deviations: twice in 10,000 by noise. */
const MIN_SQUARE = 9;
const MIN_ANGLES = 4;
/** A level with more noise shows no ripple. */
const MAX_SIGMA_DB = 2;
/** Smaller differences do not matter. */
const MIN_RIPPLE_DB = 0.2;
/** Of a window without a known width of the beam. */
const DEFAULT_WINDOW_DEG = 10;
/** dB of a small relative change of an amplitude. */
const DB_PER_AMPLITUDE = 20 / Math.LN10;

/** A part of a cut in which two repeats differ. */
interface Difference {
  plane: 'azimuth' | 'elevation';
  fromDeg: number;
  toDeg: number;
  /** Peak to peak. */
  rippleDb: number;
}

/**
 * Two scans of an antenna over the same source differ by more than their noise: reflections, whose
 * phase is another one. A reflection of the amplitude r relative to the direct wave changes a level
 * from 20 log (1 - r) to 20 log (1 + r) dB: the ripple is 20 log ((1 + r) / (1 - r)) from peak to
 * peak. A level changes by 8.7 r cos phi dB, with half of (8.7 r)^2 as its mean square; with
 * independent phases, the difference of two has the standard deviation 8.7 r dB, which gives r.
 */
export function reflectionWarnings(first: Repeat, second: Repeat): Warning[] {
  const ratio = first.frequency_hz / second.frequency_hz;
  if (first.source !== second.source || Math.max(ratio, 1 / ratio) > MAX_FREQUENCY_RATIO) return [];
  const found = (['azimuth', 'elevation'] as const).flatMap((plane) => differencesIn(plane, first, second));
  const worst = found.reduce<Difference | undefined>(
    (most, each) => (most && most.rippleDb >= each.rippleDb ? most : each),
    undefined,
  );
  if (!worst) return [];
  const { plane, fromDeg, toDeg, rippleDb } = worst;
  const message =
    `the scans differ by more than their noise in ${found.length} of the parts of both cuts, most at ${fromDeg.toFixed(0)} to ${toDeg.toFixed(0)} deg in ${plane}: ` +
    `a ripple of ${rippleDb.toFixed(1)} dB from peak to peak, as of reflections; or the antenna, its surroundings or the source have changed`;
  return [{ code: 'reflections', message }];
}

/** The windows of a cut, each as wide as the beam, whose differences are not noise. */
function differencesIn(plane: Difference['plane'], first: Repeat, second: Repeat): Difference[] {
  // Reflections move the axis that is measured: the angles of both from the axis of the mount.
  const shiftDeg = second.squint_deg[plane].value - first.squint_deg[plane].value;
  const moved = second.cuts[plane].map((point) => ({ ...point, angle_deg: point.angle_deg + shiftDeg }));
  const cuts = [first.cuts[plane], moved] as const;
  const angles = anglesOf(...cuts);
  const columns = cuts.map((cut) => ({
    gains: valuesAt(cut, angles, 'gain_db'),
    sigmas: valuesAt(cut, angles, 'sigma_db'),
  }));
  const compared = angles.flatMap((angle, k) => {
    const [a = NaN, b = NaN] = columns.map(({ gains }) => gains[k] ?? NaN);
    const [sa = NaN, sb = NaN] = columns.map(({ sigmas }) => sigmas[k] ?? NaN);
    if (!Number.isFinite(a - b) || !(Math.max(sa, sb) <= MAX_SIGMA_DB)) return [];
    return [{ angle, difference: a - b, variance: sa ** 2 + sb ** 2 }];
  });
  if (compared.length < MIN_ANGLES) return [];
  // Levels are relative to peaks, which have a ripple of their own.
  const common = medianOf(Float64Array.from(compared, ({ difference }) => difference));
  const points = compared.map(({ angle, difference, variance }) => ({
    angle,
    square: (difference - common) ** 2,
    variance,
  }));
  const windowDeg = Math.max(
    MIN_ANGLES,
    first.hpbw_deg[plane]?.value ?? second.hpbw_deg[plane]?.value ?? DEFAULT_WINDOW_DEG,
  );
  const windows = new Map<number, typeof points>();
  for (const point of points) {
    const window = Math.round(point.angle / windowDeg);
    windows.set(window, [...(windows.get(window) ?? []), point]);
  }
  return [...windows.values()].flatMap((list): Difference[] => {
    const mean = (of: (point: (typeof list)[number]) => number) =>
      list.reduce((sum, point) => sum + of(point), 0) / list.length;
    if (list.length < MIN_ANGLES || mean(({ square, variance }) => square / variance) < MIN_SQUARE) return [];
    const excessDb = Math.sqrt(
      Math.max(
        0,
        mean(({ square, variance }) => square - variance),
      ),
    );
    const amplitude = Math.min(0.9, excessDb / DB_PER_AMPLITUDE);
    const rippleDb = 20 * Math.log10((1 + amplitude) / (1 - amplitude));
    const [fromDeg, toDeg] = [list[0]?.angle ?? NaN, list.at(-1)?.angle ?? NaN];
    return rippleDb < MIN_RIPPLE_DB ? [] : [{ plane, fromDeg, toDeg, rippleDb }];
  });
}
