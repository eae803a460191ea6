import { celestialPointings } from '#shared/sky/celestial';
import type { Place } from '#shared/sky/look';
import { lookAtPlace } from '#shared/sky/look';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import type { Emitter } from './emitters.ts';
import type { Satellite } from './satellites.ts';

/** A line on a map of the sky; only what is above the horizon. */
export interface Curve {
  name: string;
  points: Pointing[];
}

/** The way of a satellite over the sky of a site. */
export interface Pass {
  name: string;
  points: (Pointing & { unixMs: number })[];
}

const MAX_STEPS = 10_000;
const STEP_DEG = 2;
const HOUR_DEG = 15;
const DECLINATIONS_DEG = [-60, -30, 0, 30, 60];

/** Passes above the horizon from one Unix time to another, milliseconds. */
export function passesOf(
  satellites: readonly Satellite[],
  fromMs: number,
  toMs: number,
  stepMs = 20_000,
): Pass[] {
  const steps = Math.min(MAX_STEPS, Math.floor((toMs - fromMs) / stepMs) + 1);
  return satellites.flatMap((satellite) => {
    const passes: Pass[] = [];
    let points: Pass['points'] = [];
    for (let k = 0; k <= steps; k++) {
      const unixMs = fromMs + k * stepMs;
      const pointing = k < steps ? satellite.visibleAt(unixMs)?.pointing : undefined;
      if (pointing) points.push({ ...pointing, unixMs });
      else if (points.length > 0) {
        passes.push({ name: satellite.name, points });
        points = [];
      }
    }
    return passes;
  });
}

/** The plane of the Milky Way. */
export function milkyWay(site: Site, unixMs: number): Curve[] {
  const pointing = celestialPointings('galactic', site, unixMs);
  return visibleParts(
    'Milky Way',
    steps(0, 360).map((longitude) => pointing(longitude, 0)),
  );
}

/** Lines of right ascension every two hours, and of declination every 30 degrees (J2000). */
export function equatorialGrid(site: Site, unixMs: number): Curve[] {
  const pointing = celestialPointings('equatorial', site, unixMs);
  const hours = Array.from({ length: 12 }, (_, k) => 2 * k).flatMap((hour) =>
    visibleParts(
      `${hour} h`,
      steps(-90, 90).map((declination) => pointing(hour * HOUR_DEG, declination)),
    ),
  );
  const declinations = DECLINATIONS_DEG.flatMap((declination) =>
    visibleParts(
      `${declination} deg`,
      steps(0, 360).map((ascension) => pointing(ascension, declination)),
    ),
  );
  return [...hours, ...declinations];
}

/** Directions of emitters by geometry; at the horizon if they are below it. */
export function emitterPointings(site: Place, emitters: readonly Emitter[]): (Pointing & { name: string })[] {
  return emitters.map((emitter) => {
    const { azimuthDeg, elevationDeg } = lookAtPlace(site, emitter).pointing;
    return { name: emitter.name, azimuthDeg, elevationDeg: Math.max(0, elevationDeg) };
  });
}

function steps(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / STEP_DEG + 1 }, (_, k) => from + k * STEP_DEG);
}

/** Parts of a closed or open line above the horizon; a part across its ends stays in one piece. */
function visibleParts(name: string, points: readonly Pointing[]): Curve[] {
  const parts: Curve[] = [];
  let isOpen = false;
  for (const point of points) {
    const isUp = point.elevationDeg >= 0;
    if (isUp && isOpen) parts.at(-1)?.points.push(point);
    else if (isUp) parts.push({ name, points: [point] });
    isOpen = isUp;
  }
  const [first, last] = [parts[0], parts.at(-1)];
  const [start, end] = [first?.points[0], last?.points.at(-1)];
  if (first && last && first !== last && start && end && separationDeg(start, end) < 1e-6) {
    first.points = [...last.points, ...first.points.slice(1)];
    parts.pop();
  }
  return parts;
}
