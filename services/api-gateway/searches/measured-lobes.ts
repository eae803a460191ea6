import type { BeamRow } from '../store/rotor-beams.ts';

/** A side lobe for the source finder, degrees from the axis of the beam. */
export interface MeasuredLobe {
  rightDeg: number;
  upDeg: number;
  levelDb: number;
}

/** The angles of side lobes are proportional to the wavelength. */
const SAME_FREQUENCY = 0.05;

/** The side lobes of a stored beam, if it was measured at about this frequency. */
export function measuredLobes(
  beam: Pick<BeamRow, 'frequency_hz' | 'side_lobes'> | undefined,
  frequencyHz: number,
): MeasuredLobe[] {
  if (!beam || Math.abs(frequencyHz / beam.frequency_hz - 1) > SAME_FREQUENCY) return [];
  return beam.side_lobes.map(({ plane, side, angle_deg, level_db }) => {
    const deg = (side === 'before' ? -1 : 1) * angle_deg.value;
    const [rightDeg, upDeg] = plane === 'azimuth' ? [deg, 0] : [0, deg];
    return { rightDeg, upDeg, levelDb: level_db.value };
  });
}
