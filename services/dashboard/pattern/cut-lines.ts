import type { AntennaPattern } from '#contract/rest/patterns';
import { envelopeDbi } from '#shared/pattern/envelope';
import type { ComparedPoint } from './comparison.ts';

export type Plane = 'azimuth' | 'elevation';
export const PLANES = ['azimuth', 'elevation'] as const;

/** In a chart: null is a gap, undefined no point. */
type Column = (number | null | undefined)[];

/** A cut as columns of a chart, dB relative to the peak. */
export interface CutLines {
  anglesDeg: number[];
  gains: Column;
  low: Column;
  high: Column;
  /** Empty: no diameter of the antenna is known. */
  envelope: Column;
  /** Of the other pattern; empty: not compared. */
  second: Column;
}

/** Angles that are further apart were not measured between. */
const GAP_DEG = 1.5;
const LIGHT_M_PER_S = 299_792_458;

/** The lines of a cut; `second` is the other pattern of a comparison. */
export function cutLines(
  cut: AntennaPattern['cuts']['azimuth'],
  envelopeAt: ((angleDeg: number) => number) | undefined,
  second: readonly ComparedPoint[] = [],
): CutLines {
  const points = new Map<number, { gain: number | null; sigma: number }>();
  for (const [k, { angle_deg, gain_db, sigma_db }] of cut.entries()) {
    const before = cut[k - 1]?.angle_deg ?? angle_deg;
    if (angle_deg - before > GAP_DEG) points.set((before + angle_deg) / 2, { gain: null, sigma: 0 });
    points.set(angle_deg, { gain: gain_db, sigma: sigma_db });
  }
  const others = new Map(second.map(({ angle_deg, second_db }) => [angle_deg, second_db]));
  const anglesDeg = [...new Set([...points.keys(), ...others.keys()])].sort((a, b) => a - b);
  const column = (of: (gain: number, sigma: number) => number): Column =>
    anglesDeg.map((deg) => {
      const point = points.get(deg);
      return point && (point.gain === null ? null : of(point.gain, point.sigma));
    });
  return {
    anglesDeg,
    gains: column((gain) => gain),
    low: column((gain, sigma) => gain - sigma),
    high: column((gain, sigma) => gain + sigma),
    envelope: envelopeAt ? anglesDeg.map(envelopeAt) : [],
    second: others.size > 0 ? anglesDeg.map((deg) => others.get(deg)) : [],
  };
}

/** ITU-R F.699-7 relative to the peak; undefined: the answer has no envelope. */
export function envelopeOf(
  { envelope, frequency_hz }: AntennaPattern,
  diameterM: number,
): ((angleDeg: number) => number) | undefined {
  if (!envelope || !(diameterM > 0)) return undefined;
  const { gain_dbi: gain } = envelope;
  const dish = { diameterM, wavelengthM: LIGHT_M_PER_S / frequency_hz };
  return (angleDeg) => envelopeDbi(dish, gain, Math.abs(angleDeg)) - gain;
}

const SPAN = { min: 20, max: 80, stepDb: 10 };

/** Range below the peak that shows these gains, in steps of 10 dB. */
export function spanOf(gains: Iterable<number | null | undefined>): number {
  let lowest = 0;
  for (const gain of gains) if (typeof gain === 'number' && gain < lowest) lowest = gain;
  return Math.min(SPAN.max, Math.max(SPAN.min, Math.ceil(-lowest / SPAN.stepDb) * SPAN.stepDb));
}

/**
 * Place in a polar plot of radius 1, y downwards. Azimuth: the beam points up, and right is
 * clockwise; elevation: it points to the right, and up is up.
 */
export function polarPlace(
  plane: Plane,
  angleDeg: number,
  gainDb: number,
  spanDb: number,
): { x: number; y: number } {
  const radius = Math.min(1, Math.max(0, 1 + gainDb / spanDb));
  const angle = (angleDeg * Math.PI) / 180;
  const [along, across] = [radius * Math.cos(angle), radius * Math.sin(angle)];
  return plane === 'azimuth' ? { x: across, y: -along } : { x: along, y: -across };
}
