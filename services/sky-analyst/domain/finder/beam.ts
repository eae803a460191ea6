import { angleOfChord } from './sphere.ts';

/** 4 ln 2: a Gaussian beam has half its power at half its width (Condon and Ransom, 3.3). */
export const BEAM_EXPONENT = 4 * Math.LN2;
const STEPS = 4_096;

/** Power gain of a Gaussian beam of this half-power width at an angle from its axis, radians. */
export function gaussianGain(angle: number, width: number): number {
  return Math.exp(-BEAM_EXPONENT * (angle / width) ** 2);
}

/** The same by the square of the chord, up to an angle: from a table, within 1e-6. */
export function gainByChord(width: number, maxAngle: number): (chordSquare: number) => number {
  const limit = (2 * Math.sin(Math.min(maxAngle, Math.PI) / 2)) ** 2 * (1 + 1e-9);
  const table = Float64Array.from({ length: STEPS + 2 }, (_, k) =>
    gaussianGain(angleOfChord((k / STEPS) * limit), width),
  );
  return (chordSquare) => {
    const position = (chordSquare / limit) * STEPS;
    const low = Math.floor(position);
    const below = table[low] as number;
    return below + (position - low) * ((table[low + 1] as number) - below);
  };
}

/** Of the position of a source that could not be fitted, right and up: it is in the beam. */
export function unfittedCovariance(beamWidth: number): readonly [xx: number, xy: number, yy: number] {
  return [(beamWidth / 2) ** 2, 0, (beamWidth / 2) ** 2];
}
