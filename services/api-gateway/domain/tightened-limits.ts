import { createHorizon } from '#shared/sky/horizon';
import { formatDeg } from '#shared/sky/pointing';

/** The rotor fields that limit its motion; degrees. */
export interface MotionLimits {
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

// As in pointing.ts: smaller differences are rounding.
const ROUNDING_DEG = 1e-9;

/**
 * Why a session that was planned for the rotor `then` must not drive the rotor `now`: a limit that
 * is tighter now. Undefined if everything that the plan could use is still allowed.
 */
export function tightenedLimit(then: MotionLimits, now: MotionLimits | undefined): string | undefined {
  if (!now) return `rotor '${then.name}' has been deleted`;
  if (then.host !== now.host || then.port !== now.port)
    return `rotor '${now.name}' is now at ${now.host}:${now.port}; the session was planned for ${then.host}:${then.port}`;
  if (now.az_min > then.az_min || now.az_max < then.az_max)
    return narrowedRange('azimuth', [now.az_min, now.az_max], [then.az_min, then.az_max]);
  if (now.min_elevation > then.min_elevation || now.max_elevation < then.max_elevation)
    return narrowedRange(
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
  return raisedMask(then.horizon, now.horizon);
}

function narrowedRange(axis: string, now: [number, number], then: [number, number]): string {
  const range = ([low, high]: [number, number]) => `${formatDeg(low)}..${formatDeg(high)} deg`;
  return `the ${axis} limits are now ${range(now)}; the session was planned for ${range(then)}`;
}

function sectorKey({ az_start, az_end, el_min, el_max }: MotionLimits['keep_out'][number]): string {
  return [az_start, az_end, el_min, el_max].join(' ');
}

/** Both masks are piecewise linear, so comparing them at the points of both is exact. */
function raisedMask(then: MotionLimits['horizon'], now: MotionLimits['horizon']): string | undefined {
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
