import { SkyScanError } from '../base/errors.ts';
import { CUT_POINTS, type PatternCuts } from './pattern-cuts.ts';

/** The elevations that SPLAT! needs, downwards positive. */
const ELEVATIONS = { from: -10, to: 90 };

/**
 * The azimuth pattern of SPLAT!: field voltages relative to the peak, clockwise from the azimuth to
 * which the antenna is rotated.
 */
export function writeSplatAzimuth({ azimuthDb }: PatternCuts, rotationDeg = 0): string {
  const lines = azimuthDb.map((gain, deg) => `${deg}\t${voltage(gain)}`);
  return [rotationDeg.toFixed(1), ...lines, ''].join('\n');
}

/** The elevation pattern of SPLAT!: tilt and its azimuth, then elevations from above to below. */
export function writeSplatElevation({ elevationDb }: PatternCuts): string {
  const count = ELEVATIONS.to - ELEVATIONS.from + 1;
  const lines = Array.from({ length: count }, (_, k) => {
    const downDeg = ELEVATIONS.from + k;
    const gain = elevationDb[(CUT_POINTS - downDeg) % CUT_POINTS] ?? NaN;
    return `${downDeg.toFixed(1)}\t${voltage(gain)}`;
  });
  return ['0.0\t0.0', ...lines, ''].join('\n');
}

/** Gains by angle of a file of SPLAT!, dB; of both kinds. Throws `invalid`. */
export function readSplat(text: string): { header: number[]; gains: Map<number, number> } {
  const [first = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const header = first.trim().split(/\s+/).map(Number);
  const gains = new Map(
    lines.map((line, at) => {
      const [angle = NaN, ratio = NaN] = line.trim().split(/\s+/).map(Number);
      if (!Number.isFinite(angle) || !(ratio >= 0 && ratio <= 1))
        throw new SkyScanError(
          'invalid',
          `line ${at + 2}: expected an angle and a voltage in 0..1, not ${line}`,
        );
      return [angle, 20 * Math.log10(ratio)];
    }),
  );
  if (header.length > 2 || !header.every(Number.isFinite) || gains.size === 0)
    throw new SkyScanError('invalid', 'line 1: expected a rotation, or a tilt and its azimuth');
  return { header, gains };
}

function voltage(gainDb: number): string {
  return (10 ** (gainDb / 20)).toFixed(7);
}
