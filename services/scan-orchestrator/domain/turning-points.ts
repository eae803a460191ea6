import type { Pointing } from '#shared/sky/pointing';
import type { Detours } from './detours.ts';
import type { Path } from './path.ts';

/** Setpoints where the path changes direction, including first and last; at most `most`. */
export function turningPoints(path: Path, detours: Detours, most: number): Pointing[] {
  const points: Pointing[] = [];
  let before: Pointing | undefined;
  let at: Pointing | undefined;
  for (const next of waypoints(path, detours)) {
    if (points.length === most) return points;
    if (at && (!before || turns(before, at, next))) points.push(at);
    before = at;
    at = next;
  }
  if (at && points.length < most) points.push(at);
  return points;
}

function* waypoints(path: Path, { corners }: Detours): Generator<Pointing> {
  for (const [i, cell] of path.order.entries()) {
    yield* corners.get(i) ?? [];
    yield path.setpoint(cell);
  }
}

function turns(a: Pointing, b: Pointing, c: Pointing): boolean {
  const sign = (from: number, to: number) => Math.sign(Math.round((to - from) * 1e6));
  return (
    sign(a.azimuthDeg, b.azimuthDeg) !== sign(b.azimuthDeg, c.azimuthDeg) ||
    sign(a.elevationDeg, b.elevationDeg) !== sign(b.elevationDeg, c.elevationDeg)
  );
}
