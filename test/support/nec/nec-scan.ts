import { vectorOf } from '../../../services/sky-analyst/domain/finder/sphere.ts';
import { antennaVector } from '../../../services/sky-analyst/domain/pattern/antenna-frame.ts';
import type { PatternScan } from '../../../services/sky-analyst/domain/pattern/pattern.ts';
import { gaussianPair } from '../samples.ts';
import type { NecPattern } from './nec-pattern.ts';

export interface NecScan {
  /** Of azimuth and elevation. */
  stepDeg: number;
  source: { azimuthDeg: number; elevationDeg: number };
  elevations: readonly [from: number, to: number];
  noiseDb: number;
  /** Level without a source, relative to the peak. */
  backgroundDb: number;
  random: () => number;
}

/** A scan of all azimuths with an antenna of NEC over a fixed source. */
export function scanOfNec({ gainAt }: NecPattern, scan: NecScan): PatternScan {
  const { stepDeg, source, elevations, noiseDb, backgroundDb, random } = scan;
  const [from, to] = elevations;
  const rows = Math.round((to - from) / stepDeg);
  const columns = Math.round(360 / stepDeg);
  const count = rows * columns;
  const column = () => new Float64Array(count);
  const [azimuthDeg, elevationDeg, level] = [column(), column(), column()];
  const direction = vectorOf(source.azimuthDeg, source.elevationDeg);
  const background = 10 ** (backgroundDb / 10);
  for (let k = 0; k < count; k++) {
    const [azimuth, elevation] = [(k % columns) * stepDeg, from + Math.floor(k / columns) * stepDeg];
    azimuthDeg[k] = azimuth;
    elevationDeg[k] = elevation;
    const noise = 10 ** ((noiseDb * gaussianPair(random)[0]) / 10);
    level[k] = (gainAt(antennaVector(direction, azimuth, elevation)) + background) * noise;
  }
  return {
    azimuthDeg,
    elevationDeg,
    sourceAzimuthDeg: column().fill(source.azimuthDeg),
    sourceElevationDeg: column().fill(source.elevationDeg),
    level,
    clipped: new Uint8Array(count),
  };
}
