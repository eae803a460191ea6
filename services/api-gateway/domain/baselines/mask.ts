import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Cells } from './setup.ts';

/** An anomaly and whether its change may become usual. */
export interface MaskedAnomaly extends Pointing {
  /** Where it usually is, if it has moved. */
  from: Pointing | undefined;
  isAccepted: boolean;
}

/**
 * The anomalous cells that must not enter the baseline: those that are nearer to an accepted
 * anomaly than to any other may.
 */
export function maskedCells(
  anomalous: readonly number[],
  anomalies: readonly MaskedAnomaly[],
  cells: Cells,
): number[] {
  if (!anomalies.some(({ isAccepted }) => isAccepted)) return [...anomalous];
  return anomalous.filter((cell) => {
    const at = { azimuthDeg: cells.azimuthDeg[cell] ?? NaN, elevationDeg: cells.elevationDeg[cell] ?? NaN };
    const distance = ({ from, ...place }: MaskedAnomaly) =>
      Math.min(separationDeg(at, place), from ? separationDeg(at, from) : Infinity);
    const nearest = anomalies.reduce((best, each) => (distance(each) < distance(best) ? each : best));
    return !nearest.isAccepted;
  });
}
