import { sideLobesAt } from '../domain/beam-at-frequency.ts';
import type { BeamRow } from '../store/rotor-beams.ts';

/** A side lobe for the source finder, degrees from the axis of the beam. */
export interface MeasuredLobe {
  rightDeg: number;
  upDeg: number;
  levelDb: number;
}

/** The side lobes of a stored beam at a frequency; none far from that of its measurement. */
export function measuredLobes(
  beam: Pick<BeamRow, 'frequency_hz' | 'side_lobes'> | undefined,
  frequencyHz: number,
): MeasuredLobe[] {
  if (!beam) return [];
  return sideLobesAt(beam, frequencyHz).map(({ plane, side, angle_deg, level_db }) => {
    const deg = (side === 'before' ? -1 : 1) * angle_deg.value;
    const [rightDeg, upDeg] = plane === 'azimuth' ? [deg, 0] : [0, deg];
    return { rightDeg, upDeg, levelDb: level_db.value };
  });
}
