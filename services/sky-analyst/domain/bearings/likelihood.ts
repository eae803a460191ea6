import { geodesicBetween } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import { degToRad, radToDeg } from '#shared/sky/units';
import { wrappedDeg, type Bearing } from './bearing.ts';
import { placeAt } from './local-plane.ts';

/** How well a place explains the bearings, and how that changes around it. */
export interface Fit {
  place: Site;
  /** Sum of (difference / sigma)^2. */
  chiSquare: number;
  /** Measured minus geodesic azimuth by bearing, degrees. */
  residualsDeg: number[];
  /** Information: the inverse covariance of east and north, 1 / m^2. */
  information: { ee: number; en: number; nn: number };
  /** Half the negative gradient of chi square by east and north, 1 / m. */
  slope: { east: number; north: number };
  /** The direction in which each bearing passes the place, degrees. */
  arrivalsDeg: number[];
}

const MAX_ITERATIONS = 60;
const CONVERGED_M = 0.01;
const MAX_DAMPING = 1e12;
/** A step may go this share of the distance to the nearest site. */
const MAX_STEP = 0.5;

/** Chi square alone, for places that are not the most likely one. */
export function chiSquareAt(bearings: readonly Bearing[], place: Site): number {
  return bearings.reduce((sum, bearing) => {
    const { azimuthDeg } = geodesicBetween(bearing, place);
    return sum + (wrappedDeg(bearing.azimuthDeg - azimuthDeg) / bearing.sigmaDeg) ** 2;
  }, 0);
}

/**
 * The most likely place for normal errors of the geodesic azimuths, by Levenberg-Marquardt from a
 * place nearby; undefined if the likelihood increases up to a distance, metres.
 */
export function mostLikelyPlace(
  bearings: readonly Bearing[],
  start: Site,
  maxDistanceM: number,
): Fit | undefined {
  let fit = fitAt(bearings, start);
  let damping = 1e-3;
  for (let iteration = 0; iteration < MAX_ITERATIONS && damping < MAX_DAMPING; iteration++) {
    const { information: m, slope } = fit;
    const [ee, nn] = [m.ee * (1 + damping), m.nn * (1 + damping)];
    const determinant = ee * nn - m.en * m.en;
    const step = {
      eastM: (nn * slope.east - m.en * slope.north) / determinant,
      northM: (ee * slope.north - m.en * slope.east) / determinant,
    };
    const lengthM = Math.hypot(step.eastM, step.northM);
    if (!(lengthM > CONVERGED_M)) break;
    const nearestM = Math.min(...bearings.map((bearing) => geodesicBetween(bearing, fit.place).distanceM));
    const scale = Math.min(1, Math.max(MAX_STEP * nearestM, 1) / lengthM);
    const next = fitAt(
      bearings,
      placeAt(fit.place, { eastM: step.eastM * scale, northM: step.northM * scale }),
    );
    if (next.chiSquare <= fit.chiSquare) {
      fit = next;
      damping = Math.max(1e-9, damping / 8);
    } else damping *= 6;
    if (bearings.every((bearing) => geodesicBetween(bearing, fit.place).distanceM > maxDistanceM))
      return undefined;
  }
  return fit;
}

function fitAt(bearings: readonly Bearing[], place: Site): Fit {
  const fit: Fit = {
    place,
    chiSquare: 0,
    residualsDeg: [],
    information: { ee: 0, en: 0, nn: 0 },
    slope: { east: 0, north: 0 },
    arrivalsDeg: [],
  };
  for (const bearing of bearings) {
    const { azimuthDeg, arrivalDeg, reducedM } = geodesicBetween(bearing, place);
    const residualDeg = wrappedDeg(bearing.azimuthDeg - azimuthDeg);
    const arrival = degToRad(arrivalDeg);
    // Moving to the right of the line by the reduced length turns the azimuth by a radian.
    const perMetre = radToDeg(1 / Math.max(reducedM, 1)) / bearing.sigmaDeg;
    const [east, north] = [perMetre * Math.cos(arrival), -perMetre * Math.sin(arrival)];
    const residual = residualDeg / bearing.sigmaDeg;
    fit.chiSquare += residual * residual;
    fit.residualsDeg.push(residualDeg);
    fit.arrivalsDeg.push(arrivalDeg);
    fit.information.ee += east * east;
    fit.information.en += east * north;
    fit.information.nn += north * north;
    fit.slope.east += east * residual;
    fit.slope.north += north * residual;
  }
  return fit;
}
