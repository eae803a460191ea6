import type { Site } from '#shared/sky/site';
import { degToRad, radToDeg } from '#shared/sky/units';
import { CHI_SQUARE_95_OF_2 } from '../statistics/chi-square.ts';
import { eigenOf } from '../statistics/symmetric.ts';
import type { Bearing } from './bearing.ts';
import { chiSquareAt, type Fit } from './likelihood.ts';
import { placeAt, type Offset } from './local-plane.ts';

/** Contains the source with a probability of 95 % if the errors of the azimuths are small. */
export interface Ellipse {
  semiMajorM: number;
  semiMinorM: number;
  /** Azimuth of the major axis, 0 to 180 degrees. */
  azimuthDeg: number;
}

/** All places whose chi square is at most 5.991 above the smallest one. */
export interface Region {
  polygon: Site[];
  /** It reaches farther than the largest distance, where the polygon ends. */
  isOpen: boolean;
}

const MAX_ITERATIONS = 30;
/** Of the root of chi square. */
const TOLERANCE = 1e-4;

interface Sample {
  factor: number;
  value: number;
}

/** The 95 % ellipse of the inverse information (sum H'H / s^2)^-1, times 5.991. */
export function ellipseOf({ information: { ee, en, nn } }: Fit): Ellipse {
  const { values, vectors } = eigenOf([
    [ee, en],
    [en, nn],
  ]);
  const axisM = (information: number | undefined) =>
    Math.sqrt(CHI_SQUARE_95_OF_2 / Math.max(information ?? 0, Number.MIN_VALUE));
  const [east = 0, north = 1] = vectors[0] ?? [];
  const azimuthDeg = radToDeg(Math.atan2(east, north));
  return {
    semiMajorM: axisM(values[0]),
    semiMinorM: axisM(values[1]),
    azimuthDeg: (azimuthDeg + 360) % 180,
  };
}

/** Places on an ellipse, the first one on its major axis. */
export function ellipsePolygon(centre: Site, ellipse: Ellipse, corners: number): Site[] {
  return Array.from({ length: corners }, (_, k) =>
    placeAt(centre, onEllipse(ellipse, (2 * Math.PI * k) / corners)),
  );
}

/**
 * The contour of the likelihood. Its corners are in the directions of those of the ellipse, which
 * may be long and thin as well.
 */
export function likelihoodRegion(
  bearings: readonly Bearing[],
  fit: Fit,
  options: { corners: number; maxDistanceM: number },
): Region {
  const ellipse = ellipseOf(fit);
  // The root of chi square is nearly linear in the distance.
  const limit = Math.sqrt(fit.chiSquare + CHI_SQUARE_95_OF_2);
  let isOpen = false;
  const polygon = Array.from({ length: options.corners }, (_, k) => {
    const { eastM, northM } = onEllipse(ellipse, (2 * Math.PI * k) / options.corners);
    const longestM = options.maxDistanceM / Math.hypot(eastM, northM);
    const at = (factor: number) => placeAt(fit.place, { eastM: eastM * factor, northM: northM * factor });
    const above = (factor: number) => Math.sqrt(chiSquareAt(bearings, at(factor))) - limit;
    let outside = { factor: Math.min(1, longestM), value: NaN };
    let inside = { factor: 0, value: Math.sqrt(fit.chiSquare) - limit };
    while ((outside.value = above(outside.factor)) <= 0) {
      if (outside.factor >= longestM) {
        isOpen = true;
        return at(longestM);
      }
      inside = outside;
      outside = { factor: Math.min(longestM, outside.factor * 1.4), value: NaN };
    }
    return at(crossing(above, inside, outside));
  });
  return { polygon, isOpen };
}

/**
 * How far the ellipse differs from the region: the largest relative difference of chi square on it
 * from 5.991.
 */
export function ellipseError(bearings: readonly Bearing[], fit: Fit): number {
  const corners = ellipsePolygon(fit.place, ellipseOf(fit), 8);
  return Math.max(
    ...corners.map((place) =>
      Math.abs((chiSquareAt(bearings, place) - fit.chiSquare) / CHI_SQUARE_95_OF_2 - 1),
    ),
  );
}

/** Where a function is zero between two samples: regula falsi, Illinois variant. */
function crossing(of: (factor: number) => number, negative: Sample, positive: Sample): number {
  let [low, high, last] = [negative, positive, 0];
  let factor = low.factor;
  for (let n = 0; n < MAX_ITERATIONS; n++) {
    factor = (low.factor * high.value - high.factor * low.value) / (high.value - low.value);
    const value = of(factor);
    if (Math.abs(value) < TOLERANCE) break;
    if (value < 0) {
      low = { factor, value };
      if (last < 0) high = { ...high, value: high.value / 2 };
    } else {
      high = { factor, value };
      if (last > 0) low = { ...low, value: low.value / 2 };
    }
    last = value;
  }
  return factor;
}

function onEllipse({ semiMajorM, semiMinorM, azimuthDeg }: Ellipse, angle: number): Offset {
  const azimuth = degToRad(azimuthDeg);
  const [along, across] = [semiMajorM * Math.cos(angle), semiMinorM * Math.sin(angle)];
  return {
    eastM: along * Math.sin(azimuth) + across * Math.cos(azimuth),
    northM: along * Math.cos(azimuth) - across * Math.sin(azimuth),
  };
}
