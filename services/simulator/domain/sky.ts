import { dbToLinear, degToRad, radToDeg } from '#shared/sky/units';
import type { Pointing } from '#shared/sky/pointing';
import { between, createRandom, type Random } from './random.ts';

/** A point source. Its level is the received power with the antenna pointed at it. */
interface Source {
  name: string;
  at: Pointing;
  levelDbm: number;
  /** Noise, or a carrier that is visible in a spectrum. */
  kind: 'noise' | 'carrier';
}

/** The sky around the antenna. Depends on the seed only. */
export interface Sky {
  sources: Source[];
  /** Azimuth of the nearest town, where the horizon is warmest. */
  townAzimuthDeg: number;
  /** Pole of the galactic plane in local coordinates; the sky does not rotate. */
  galacticPole: Pointing;
  /** The components of the receiver's gain drift. */
  drift: { periodS: number; phaseRad: number; amplitudeDb: number }[];
}

// Mid-northern: the belt culminates at 34.6 deg in the south, inside the published default grid.
const LATITUDE_DEG = 48;
const EARTH_TO_ORBIT_RADIUS = 6378.137 / 42164.17;
/** The drift of a dongle after an hour of operation. */
const SMALL_DRIFT_DB = 0.02;

/**
 * Creates the sky of a seed: the Sun at a fixed position, a geostationary belt in the south, a few
 * interferers at the horizon. `driftDb`: amplitude of each drift component.
 */
export function createSky(seed: number, driftDb = SMALL_DRIFT_DB): Sky {
  const random = createRandom(seed);
  return {
    sources: [sun(random), ...belt(random), ...interferers(random)],
    townAzimuthDeg: between(random, 0, 360),
    galacticPole: { azimuthDeg: between(random, 0, 360), elevationDeg: between(random, 20, 50) },
    drift: [730, 1_900, 5_100].map((periodS) => ({
      periodS,
      phaseRad: between(random, 0, 2 * Math.PI),
      amplitudeDb: driftDb,
    })),
  };
}

// High enough to be clear of the belt, low enough to be inside the default grid.
function sun(random: Random): Source {
  const azimuthDeg = between(random, 100, 260);
  return {
    name: 'Sun',
    at: { azimuthDeg, elevationDeg: between(random, 47, 58) },
    levelDbm: -75,
    kind: 'noise',
  };
}

function belt(random: Random): Source[] {
  const sources: Source[] = [];
  for (let longitudeDeg = -52; longitudeDeg <= 52; longitudeDeg += between(random, 3, 9)) {
    const levelDbm = between(random, -89, -82);
    sources.push({ name: 'satellite', at: geostationary(longitudeDeg), levelDbm, kind: 'carrier' });
  }
  return sources;
}

/**
 * The pointing of a geostationary satellite; longitude relative to the observer (Soler and Eisemann
 * 1994, spherical Earth).
 */
function geostationary(longitudeDeg: number): Pointing {
  const latitude = degToRad(LATITUDE_DEG);
  const longitude = degToRad(longitudeDeg);
  const cosArc = Math.cos(longitude) * Math.cos(latitude);
  return {
    azimuthDeg: 180 - radToDeg(Math.atan2(Math.tan(longitude), Math.sin(latitude))),
    elevationDeg: radToDeg(Math.atan2(cosArc - EARTH_TO_ORBIT_RADIUS, Math.sqrt(1 - cosArc ** 2))),
  };
}

function interferers(random: Random): Source[] {
  return [0, 1, 2, 3].map((quarter) => ({
    name: 'interferer',
    at: { azimuthDeg: quarter * 90 + between(random, 10, 80), elevationDeg: between(random, 1, 6) },
    levelDbm: between(random, -82, -77),
    kind: 'carrier' as const,
  }));
}

/**
 * Power of the sky without point sources, milliwatts: more atmosphere (1 / sin el) and more ground
 * towards the horizon, a warm town, and the Milky Way as a wide band. It varies slowly compared to
 * any beam, so it needs no convolution, and everywhere, so that no two cells are equal.
 */
export function diffuseSkyMw(sky: Sky, pointing: Pointing): number {
  const elevation = Math.max(pointing.elevationDeg, 2);
  const air = 1 / Math.sin(degToRad(elevation)) - 1;
  const ground = Math.exp(-elevation / 22);
  const overTown = 1 + Math.cos(degToRad(pointing.azimuthDeg - sky.townAzimuthDeg));
  const latitudeDeg = radToDeg(Math.asin(Math.min(1, Math.max(-1, cosAngle(pointing, sky.galacticPole)))));
  const milkyWay = Math.exp(-((latitudeDeg / 25) ** 2));
  const relativeToColdest = 0.1 * air + 3.5 * ground + overTown * (0.15 + 1.2 * ground) + 0.7 * milkyWay;
  return dbToLinear(-100) * relativeToColdest;
}

/** Cosine of the angle between two directions. */
export function cosAngle(a: Pointing, b: Pointing): number {
  const elA = degToRad(a.elevationDeg);
  const elB = degToRad(b.elevationDeg);
  return (
    Math.sin(elA) * Math.sin(elB) +
    Math.cos(elA) * Math.cos(elB) * Math.cos(degToRad(a.azimuthDeg - b.azimuthDeg))
  );
}

/** The deviation of the receiver's gain, dB: three sines with periods of minutes to hours. */
export function gainDriftDb(sky: Sky, timeMs: number): number {
  let driftDb = 0;
  for (const { periodS, phaseRad, amplitudeDb } of sky.drift)
    driftDb += amplitudeDb * Math.sin((2 * Math.PI * timeMs) / (periodS * 1000) + phaseRad);
  return driftDb;
}
