import { createHorizon } from '#shared/sky/horizon';
import { formatDeg } from '#shared/sky/pointing';

/** What of a rotor decides where it may point; degrees. */
export interface Allowed {
  name: string;
  host: string;
  port: number;
  min_elevation: number;
  max_elevation: number;
  az_min: number;
  az_max: number;
  /** Azimuth and lowest elevation. */
  horizon: [number, number][];
  keep_out: { az_start: number; az_end: number; el_min: number; el_max: number }[];
}

// As in pointing.ts: a billionth of a degree is rounding.
const ROUNDING_DEG = 1e-9;

/**
 * Why a session that was planned for a rotor as it was `then` must not drive it as it is `now`:
 * what is forbidden now was allowed then. Undefined when everything that the plan could use is
 * still allowed.
 */
export function tightenedLimit(then: Allowed, now: Allowed | undefined): string | undefined {
  if (!now) return `rotor '${then.name}' has been deleted`;
  if (then.host !== now.host || then.port !== now.port)
    return `rotor '${now.name}' is now at ${now.host}:${now.port}; the session was planned for ${then.host}:${then.port}`;
  if (now.az_min > then.az_min || now.az_max < then.az_max)
    return narrower('azimuth', [now.az_min, now.az_max], [then.az_min, then.az_max]);
  if (now.min_elevation > then.min_elevation || now.max_elevation < then.max_elevation)
    return narrower(
      'elevation',
      [now.min_elevation, now.max_elevation],
      [then.min_elevation, then.max_elevation],
    );
  const known = new Set(then.keep_out.map(sectorKey));
  const added = now.keep_out.find((sector) => !known.has(sectorKey(sector)));
  if (added)
    return (
      `the rotor has a keep-out sector that the session was planned without: az ${formatDeg(added.az_start)}..` +
      `${formatDeg(added.az_end)} deg el ${formatDeg(added.el_min)}..${formatDeg(added.el_max)} deg`
    );
  return higherMask(then.horizon, now.horizon);
}

function narrower(axis: string, now: [number, number], then: [number, number]): string {
  const range = ([low, high]: [number, number]) => `${formatDeg(low)}..${formatDeg(high)} deg`;
  return `the ${axis} limits are now ${range(now)}; the session was planned for ${range(then)}`;
}

function sectorKey({ az_start, az_end, el_min, el_max }: Allowed['keep_out'][number]): string {
  return [az_start, az_end, el_min, el_max].join(' ');
}

/** Both masks are straight between their points: comparing at the points of both is exact. */
function higherMask(then: Allowed['horizon'], now: Allowed['horizon']): string | undefined {
  const [before, after] = [then, now].map((mask) =>
    createHorizon(mask.map(([azimuthDeg, elevationDeg]) => ({ azimuthDeg, elevationDeg }))),
  );
  for (const [azimuthDeg] of [...then, ...now]) {
    const thenDeg = before?.highestDeg(azimuthDeg, azimuthDeg) ?? -Infinity;
    const nowDeg = after?.highestDeg(azimuthDeg, azimuthDeg) ?? -Infinity;
    if (nowDeg > thenDeg + ROUNDING_DEG)
      return (
        `the horizon mask at azimuth ${formatDeg(azimuthDeg)} deg is now ${formatDeg(nowDeg)} deg; the session was planned ` +
        (thenDeg === -Infinity ? 'without a mask' : `for ${formatDeg(thenDeg)} deg`)
      );
  }
  return undefined;
}
