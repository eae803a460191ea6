import type { GridBounds } from '#shared/sky/grid-shape';

/** The grid of the public example, 4,320 points. */
export const PUBLISHED: GridBounds = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 18,
  elEndDeg: 65,
  stepDeg: 2,
};

/** A Yaesu G-5500 with overlap. */
const G5500 = {
  azimuth: { speedDegPerS: 6.2, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 2.69, accelerationDegPerS2: 9 },
  limits: { azMinDeg: 0, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
  toleranceDeg: 0.5,
  park: { azimuthDeg: 0, elevationDeg: 0 },
  settleMs: 500,
  parkAfterScan: false,
};

/**
 * A rotor with the maximum number of obstacles: a mask of 720 points and 32 masts between the cells
 * of a grid.
 */
export function obstructedRotor(stepDeg: number) {
  return {
    ...G5500,
    horizon: Array.from({ length: 720 }, (_, i) => ({
      azimuthDeg: i / 2,
      elevationDeg: 8 + 4 * Math.sin(i * 0.7) + 3 * Math.sin(i * 0.05),
    })),
    keepOut: Array.from({ length: 32 }, (_, i) => {
      const middleDeg = stepDeg * (Math.round((i * 11) / stepDeg) + 0.5);
      return {
        azStartDeg: middleDeg - 0.4,
        azEndDeg: middleDeg + 0.4,
        elMinDeg: (i % 2 === 0 ? 16 : 0) + (i % 5) * 5.3,
        elMaxDeg: 34 + (i % 5) * 6.3,
      };
    }),
  };
}
