import { withinHalfTurnDeg, type DirectionAt, type FrameSource } from '#shared/sky/frame';

/**
 * Sun and Moon move by less than 0.13 degrees along a curve in this time: between two directions,
 * the error of a straight line is below 0.001 degrees up to 80 degrees of elevation.
 */
const STEP_MS = 20_000;

/** The same directions with fewer computations, for plans. */
export function sampled({ kind }: FrameSource, directionAt: DirectionAt): DirectionAt {
  if (kind !== 'sun' && kind !== 'moon') return directionAt;
  const samples = new Map<number, ReturnType<DirectionAt>>();
  const sample = (index: number) => {
    const known = samples.get(index) ?? directionAt(index * STEP_MS);
    samples.set(index, known);
    return known;
  };
  return (unixMs) => {
    const index = Math.floor(unixMs / STEP_MS);
    const [before, after] = [sample(index), sample(index + 1)];
    const share = unixMs / STEP_MS - index;
    return {
      azimuthDeg: before.azimuthDeg + share * withinHalfTurnDeg(after.azimuthDeg - before.azimuthDeg),
      elevationDeg: before.elevationDeg + share * (after.elevationDeg - before.elevationDeg),
    };
  };
}
