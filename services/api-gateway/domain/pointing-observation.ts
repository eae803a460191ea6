import { SkyScanError } from '#shared/base/errors';
import { setpointOf, type PointingModel } from '#shared/sky/pointing-model';
import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';
import type { KnownTarget } from './pointing-target.ts';

/** The fields of a measurement that an observation consists of. */
export interface MeasuredLevel {
  readback: { azimuth: number; elevation: number };
  mean_dbm: number;
  /** UTC with Z. */
  measured_at: string;
}

/** Where points are relative to a target at their own times, degrees on the sky. */
export interface OffsetColumns {
  rightDeg: number[];
  upDeg: number[];
  levelDb: number[];
}

/** Where the points of a scan are relative to its target. */
export function offsetsFrom(target: KnownTarget, points: readonly MeasuredLevel[]): OffsetColumns {
  const columns: OffsetColumns = { rightDeg: [], upDeg: [], levelDb: [] };
  for (const { readback, mean_dbm, measured_at } of points) {
    const at = { azimuthDeg: readback.azimuth, elevationDeg: readback.elevation };
    const { rightDeg, upDeg } = offsetBetween(target.directionAt(Date.parse(measured_at)), at);
    columns.rightDeg.push(rightDeg);
    columns.upDeg.push(upDeg);
    columns.levelDb.push(mean_dbm);
  }
  return columns;
}

/** In the middle of the measurement: the time, the direction of the target. */
export function middleOf(
  target: KnownTarget,
  points: readonly Pick<MeasuredLevel, 'measured_at'>[],
): { at: Date; direction: Pointing } {
  const times = points.map(({ measured_at }) => Date.parse(measured_at));
  if (times.length === 0) throw new SkyScanError('wrong_state', 'the scan has no points');
  const at = new Date((Math.min(...times) + Math.max(...times)) / 2);
  return { at, direction: target.directionAt(at.getTime()) };
}

/**
 * What the mount read with the beam on the target, which appeared at this offset. `model`: in force
 * during the measurement.
 */
export function readbackOf(
  direction: Pointing,
  offset: { rightDeg: number; upDeg: number },
  model: PointingModel | undefined,
): Pointing {
  const reported = shifted(direction, offset);
  return model ? setpointOf(model, reported) : reported;
}

/** Longitude and latitude of a direction in the frame of the target, whose equator is level. */
function offsetBetween(target: Pointing, at: Pointing): { rightDeg: number; upDeg: number } {
  const [azimuth, elevation] = [degToRad(at.azimuthDeg - target.azimuthDeg), degToRad(at.elevationDeg)];
  const [sin, cos] = [Math.sin(degToRad(target.elevationDeg)), Math.cos(degToRad(target.elevationDeg))];
  const level = Math.cos(elevation) * Math.cos(azimuth);
  const right = Math.cos(elevation) * Math.sin(azimuth);
  const forward = level * cos + Math.sin(elevation) * sin;
  const up = Math.sin(elevation) * cos - level * sin;
  return { rightDeg: radToDeg(Math.atan2(right, forward)), upDeg: radToDeg(Math.asin(clamped(up))) };
}

/** The direction at an offset: the inverse of `offsetBetween`; the azimuth is near the target's. */
function shifted(target: Pointing, { rightDeg, upDeg }: { rightDeg: number; upDeg: number }): Pointing {
  const [x, y] = [degToRad(rightDeg), degToRad(upDeg)];
  const [sin, cos] = [Math.sin(degToRad(target.elevationDeg)), Math.cos(degToRad(target.elevationDeg))];
  const [right, forward, up] = [Math.cos(y) * Math.sin(x), Math.cos(y) * Math.cos(x), Math.sin(y)];
  const azimuthDeg = target.azimuthDeg + radToDeg(Math.atan2(right, forward * cos - up * sin));
  return {
    azimuthDeg: azimuthOnCircleDeg(azimuthDeg),
    elevationDeg: radToDeg(Math.asin(clamped(up * cos + forward * sin))),
  };
}

function clamped(sine: number): number {
  return Math.min(1, Math.max(-1, sine));
}
