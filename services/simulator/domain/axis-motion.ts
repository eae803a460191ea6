/**
 * A path segment with constant acceleration, until the start of the next one. Times in
 * milliseconds, other values in degrees and seconds.
 */
export interface Segment {
  startMs: number;
  positionDeg: number;
  velocityDegPerS: number;
  accelerationDegPerS2: number;
}

export interface AxisState {
  positionDeg: number;
  velocityDegPerS: number;
}

export interface AxisLimits {
  speedDegPerS: number;
  accelerationDegPerS2: number;
}

/** The state at a time after the start of a segment. */
export function stateInSegment(segment: Segment, timeMs: number): AxisState {
  const t = Math.max(0, timeMs - segment.startMs) / 1000;
  return {
    positionDeg:
      segment.positionDeg + segment.velocityDegPerS * t + 0.5 * segment.accelerationDegPerS2 * t * t,
    velocityDegPerS: segment.velocityDegPerS + segment.accelerationDegPerS2 * t,
  };
}

/**
 * The fastest path to rest at a target (trapezoidal velocity profile). Brakes first if the axis is
 * too fast or moves in the other direction, so that the velocity keeps its sign in every segment. A
 * target of NaN moves without end, as Hamlib 4.5.4 does with `P nan nan`.
 */
export function planMove(startMs: number, from: AxisState, targetDeg: number, limits: AxisLimits): Segment[] {
  const path = createPath(startMs, from);
  const remainingDeg = (Number.isNaN(targetDeg) ? Infinity : targetDeg) - from.positionDeg;
  const brakingDeg = from.velocityDegPerS ** 2 / (2 * limits.accelerationDegPerS2);
  const wrongWay = from.velocityDegPerS * remainingDeg < 0;
  if (from.velocityDegPerS !== 0 && (wrongWay || brakingDeg > Math.abs(remainingDeg))) brake(path, limits);
  accelerateTo(path, targetDeg, limits);
  return path.segments;
}

/** Brakes to a standstill. */
export function planStop(startMs: number, from: AxisState, limits: AxisLimits): Segment[] {
  const path = createPath(startMs, from);
  brake(path, limits);
  rest(path, path.state.positionDeg);
  return path.segments;
}

interface Path {
  timeMs: number;
  state: AxisState;
  segments: Segment[];
}

function createPath(startMs: number, from: AxisState): Path {
  return { timeMs: startMs, state: from, segments: [] };
}

function add(path: Path, accelerationDegPerS2: number, seconds: number): void {
  if (!(seconds > 0)) return;
  const segment = { startMs: path.timeMs, ...path.state, accelerationDegPerS2 };
  path.segments.push(segment);
  path.timeMs += seconds * 1000;
  path.state = stateInSegment(segment, path.timeMs);
}

function brake(path: Path, limits: AxisLimits): void {
  const { velocityDegPerS } = path.state;
  add(
    path,
    -Math.sign(velocityDegPerS) * limits.accelerationDegPerS2,
    Math.abs(velocityDegPerS) / limits.accelerationDegPerS2,
  );
  path.state = { positionDeg: path.state.positionDeg, velocityDegPerS: 0 };
}

function accelerateTo(
  path: Path,
  targetDeg: number,
  { speedDegPerS, accelerationDegPerS2 }: AxisLimits,
): void {
  const remainingDeg = (Number.isNaN(targetDeg) ? Infinity : targetDeg) - path.state.positionDeg;
  const direction = Math.sign(remainingDeg);
  const distance = Math.abs(remainingDeg);
  const first = Math.abs(path.state.velocityDegPerS);
  const peak = Math.min(speedDegPerS, Math.sqrt(accelerationDegPerS2 * distance + first ** 2 / 2));
  const accelerating = (peak ** 2 - first ** 2) / (2 * accelerationDegPerS2);
  const braking = peak ** 2 / (2 * accelerationDegPerS2);
  add(path, direction * accelerationDegPerS2, (peak - first) / accelerationDegPerS2);
  const cruising = (distance - accelerating - braking) / speedDegPerS;
  if (cruising > 0) path.state = { ...path.state, velocityDegPerS: direction * peak };
  if (cruising === Infinity) {
    path.segments.push({ startMs: path.timeMs, ...path.state, accelerationDegPerS2: 0 });
    return;
  }
  add(path, 0, cruising);
  add(path, -direction * accelerationDegPerS2, peak / accelerationDegPerS2);
  rest(path, targetDeg);
}

function rest(path: Path, positionDeg: number): void {
  path.segments.push({ startMs: path.timeMs, positionDeg, velocityDegPerS: 0, accelerationDegPerS2: 0 });
}
