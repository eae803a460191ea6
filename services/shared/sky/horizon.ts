import type { Pointing } from './pointing.ts';

/** A horizon mask for queries by unwrapped azimuth. */
export interface Horizon {
  /** Its highest point, degrees; -Infinity without a mask. */
  readonly topDeg: number;
  /** Its highest elevation over a span, ends included; exact, as it is linear between points. */
  highestDeg(azFromDeg: number, azToDeg: number): number;
}

const TURN_DEG = 360;

/** `mask`: as in obstacles.ts. */
export function createHorizon(mask: readonly Pointing[]): Horizon {
  const topDeg = mask.reduce((top, { elevationDeg }) => Math.max(top, elevationDeg), -Infinity);
  // Four turns: a span of less than a turn that begins in the second one has neighbours on both
  // sides. Azimuths ascend; 360 of one turn and 0 of the next may have different elevations.
  const azimuths = Float64Array.from(
    [-1, 0, 1, 2].flatMap((turn) => mask.map(({ azimuthDeg }) => azimuthDeg + TURN_DEG * turn)),
  );
  const elevationDeg = (i: number) => mask[i % mask.length]?.elevationDeg ?? -Infinity;

  /** The index of the first point at or after an azimuth. */
  function firstFrom(azimuthDeg: number): number {
    let low = 0;
    let high = azimuths.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((azimuths[middle] as number) < azimuthDeg) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The elevation on the line that ends in point `i`. */
  function between(i: number, azimuthDeg: number): number {
    const leftDeg = azimuths[i - 1] as number;
    const share = (azimuthDeg - leftDeg) / ((azimuths[i] as number) - leftDeg);
    return elevationDeg(i - 1) + share * (elevationDeg(i) - elevationDeg(i - 1));
  }

  return {
    topDeg,
    highestDeg(azFromDeg, azToDeg) {
      if (mask.length === 0 || azToDeg - azFromDeg >= TURN_DEG) return topDeg;
      const fromDeg = azFromDeg - TURN_DEG * Math.floor(azFromDeg / TURN_DEG);
      const toDeg = fromDeg + azToDeg - azFromDeg;
      let i = firstFrom(fromDeg);
      let highest = azimuths[i] === fromDeg ? -Infinity : between(i, fromDeg);
      for (; (azimuths[i] as number) <= toDeg; i++) highest = Math.max(highest, elevationDeg(i));
      return azimuths[i - 1] === toDeg ? highest : Math.max(highest, between(i, toDeg));
    },
  };
}
