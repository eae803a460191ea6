import { radToDeg } from '#shared/sky/units';
import { scaled } from './beam.ts';
import type { Figure } from './figure.ts';
import type { PatternSurface, Sensitivity } from './surface.ts';

/** The half-power width of the beam across one of its diameters; angles in radians. */
export interface Diameter {
  /** From right to up, 0 to pi. */
  positionAngle: number;
  width: number;
  shift: readonly (readonly [Sensitivity, number])[];
}

/** The half-power contour as an ellipse, degrees. */
export interface BeamEllipse {
  majorDeg: Figure;
  minorDeg: Figure;
  /** Major over minor axis. */
  ellipticity: Figure;
  /** Of the major axis, from right to up, -90 to 90. Undefined: the beam is round. */
  orientationDeg: Figure | undefined;
}

/** A width without the source, and the derivative by the measured one; undefined: none is left. */
export type CorrectWidth = (width: number) => { width: number; derivative: number } | undefined;

/** The contour differs from a circle if its second harmonic has this many standard deviations. */
const SIGNIFICANT = 3;

/**
 * Fits an ellipse to widths at evenly spread position angles: 1 / w^2 of an ellipse is a constant
 * and a second harmonic, a + b cos 2p + c sin 2p, and these are orthogonal. The source widens both
 * axes.
 */
export function beamEllipse(
  diameters: readonly Diameter[],
  surface: PatternSurface,
  correct: CorrectWidth,
): BeamEllipse | undefined {
  const harmonic = (factor: (angle: number) => number, scale: number) => {
    const parts: (readonly [Sensitivity, number])[] = [];
    let value = 0;
    for (const { positionAngle, width, shift } of diameters) {
      const weight = (scale * factor(2 * positionAngle)) / diameters.length;
      value += weight / width ** 2;
      for (const [part, by] of shift) parts.push([part, ((-2 * weight) / width ** 3) * by]);
    }
    return { value, parts };
  };
  const [mean, cosine, sine] = [harmonic(() => 1, 1), harmonic(Math.cos, 2), harmonic(Math.sin, 2)];
  const amplitude = Math.hypot(cosine.value, sine.value);
  const [x, y] = amplitude > 0 ? [cosine.value / amplitude, sine.value / amplitude] : [1, 0];
  /** Of a figure with these derivatives by mean, amplitude and phase times amplitude. */
  const sigma = (byMean: number, byAmplitude: number, byPhase: number) =>
    surface.sigmaFrom([
      ...scaled(mean.parts, byMean),
      ...scaled(cosine.parts, byAmplitude * x - byPhase * y),
      ...scaled(sine.parts, byAmplitude * y + byPhase * x),
    ]);
  const [low, high] = [mean.value - amplitude, mean.value + amplitude];
  const [majorRaw, minorRaw] = [1 / Math.sqrt(low), 1 / Math.sqrt(high)];
  const [major, minor] = [correct(majorRaw), correct(minorRaw)];
  if (!major || !minor) return undefined;
  // Derivatives of the corrected axes by 1 / w^2.
  const [byLow, byHigh] = [(-major.derivative * majorRaw ** 3) / 2, (-minor.derivative * minorRaw ** 3) / 2];
  const ratio = major.width / minor.width;
  const [fromMajor, fromMinor] = [(ratio * byLow) / major.width, (ratio * byHigh) / minor.width];
  const isRound = amplitude < SIGNIFICANT * sigma(0, 1, 0);
  const phaseDeg = radToDeg(Math.atan2(sine.value, cosine.value) / 2) + 90;
  return {
    majorDeg: figure(major.width, sigma(byLow, -byLow, 0)),
    minorDeg: figure(minor.width, sigma(byHigh, byHigh, 0)),
    ellipticity: { value: ratio, sigma: sigma(fromMajor - fromMinor, -fromMajor - fromMinor, 0) },
    orientationDeg: isRound
      ? undefined
      : {
          value: phaseDeg > 90 ? phaseDeg - 180 : phaseDeg,
          sigma: radToDeg(sigma(0, 0, 1) / (2 * amplitude)),
        },
  };
}

function figure(value: number, sigma: number): Figure {
  return { value: radToDeg(value), sigma: radToDeg(sigma) };
}
