import type { Anomaly } from '#contract/rest/anomalies';
import { degToRad } from '#shared/sky/units';
import type { MarkedSource } from '../sources/source-marks.ts';

/** The changes as marks of a map; errors in azimuth and elevation are taken as independent. */
export function anomalyMarks(anomalies: readonly Anomaly[]): MarkedSource[] {
  return anomalies.map(({ number, azimuth, elevation, azimuth_error_deg, elevation_error_deg }) => {
    const right = azimuth_error_deg * Math.cos(degToRad(elevation));
    return {
      number,
      azimuth,
      elevation,
      covariance: [
        [right ** 2, 0],
        [0, elevation_error_deg ** 2],
      ],
    };
  });
}
