/**
 * Points per second over the latest measurements; undefined while too few of them are known, or
 * they are long ago.
 */
export interface Pace {
  /** A point was measured; Unix time, milliseconds. */
  add(measuredAtMs: number): void;
  perSecond(nowMs: number): number | undefined;
}

/** So many of them are looked at. */
export const LATEST = 60;
const LEAST = 3;

export function createPace(): Pace {
  const times: number[] = [];
  return {
    add(measuredAtMs) {
      times.push(measuredAtMs);
      if (times.length > LATEST) times.shift();
    },
    perSecond(nowMs) {
      const first = times[0];
      const last = times.at(-1);
      if (times.length < LEAST || first === undefined || last === undefined || last <= first)
        return undefined;
      const spanMs = last - first;
      // Nothing for longer than all of these together took, and then some: it no longer goes at
      // that pace.
      if (nowMs - last > Math.max(60_000, 2 * spanMs)) return undefined;
      return ((times.length - 1) / spanMs) * 1000;
    },
  };
}
