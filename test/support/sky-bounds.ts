import type { GridBounds } from '#shared/sky/grid-shape';

/** The sky above the horizon in steps of 10 degrees. */
export function skyBounds(change: Partial<GridBounds> = {}): GridBounds {
  return {
    kind: 'rectangular',
    azStartDeg: 0,
    azEndDeg: 360,
    elStartDeg: 0,
    elEndDeg: 90,
    stepDeg: 10,
    ...change,
  };
}

/** The bounds of a grid from its lower corner and its size, degrees; limited to the zenith. */
export function boundsOfSize(
  kind: GridBounds['kind'],
  size: Pick<GridBounds, 'azStartDeg' | 'elStartDeg' | 'stepDeg'> & { spanDeg: number; heightDeg: number },
): GridBounds {
  const { azStartDeg, spanDeg, elStartDeg, heightDeg, stepDeg } = size;
  return {
    kind,
    azStartDeg,
    azEndDeg: azStartDeg + spanDeg,
    elStartDeg,
    elEndDeg: Math.min(90, elStartDeg + heightDeg),
    stepDeg,
  };
}
