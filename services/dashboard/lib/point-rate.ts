/** Points per second over the latest measurements; undefined if they are too few or too old. */
export interface PointRate {
  /** Adds the time of a measured point (Unix time, milliseconds). */
  add(measuredAtMs: number): void;
  perSecond(nowMs: number): number | undefined;
}

/** Number of points in the average. */
export const WINDOW_POINTS = 60;
const MIN_POINTS = 3;

export function createPointRate(): PointRate {
  const times: number[] = [];
  return {
    add(measuredAtMs) {
      times.push(measuredAtMs);
      if (times.length > WINDOW_POINTS) times.shift();
    },
    perSecond(nowMs) {
      const first = times[0];
      const last = times.at(-1);
      if (times.length < MIN_POINTS || first === undefined || last === undefined || last <= first)
        return undefined;
      const spanMs = last - first;
      // No point for twice the span of the window: the rate is outdated.
      if (nowMs - last > Math.max(60_000, 2 * spanMs)) return undefined;
      return ((times.length - 1) / spanMs) * 1000;
    },
  };
}
