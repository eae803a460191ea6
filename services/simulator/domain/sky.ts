import { dbToLinear, degToRad, radToDeg } from '#shared/sky/units';
import type { Place } from '#shared/sky/look';
import { beamDirection, type Pointing } from '#shared/sky/pointing';
import { createGainDrift, type GainDrift } from './gain-drift.ts';
import { between, createRandom, type Random } from './random.ts';
import type { Signal } from './signal.ts';
import type { Source } from './source.ts';
import { cosAngle } from './sphere.ts';
import { movingSun } from './world.ts';

/** The sky around the antenna. */
export interface Sky {
  sources: readonly Source[];
  /** Azimuth of the nearest town, where the horizon is warmest. */
  townAzimuthDeg: number;
  /** Pole of the galactic plane in local coordinates; the sky does not rotate. */
  galacticPole: Pointing;
  /** Of the receiver. */
  drift: GainDrift;
}

// Mid-northern: the belt culminates at 34.6 deg in the south, inside the published default grid.
const LATITUDE_DEG = 48;
const EARTH_TO_ORBIT_RADIUS = 6378.137 / 42164.17;
/** The drift of a dongle after an hour of operation. */
const SMALL_DRIFT_DB = 0.02;
/** The signals are around this frequency, and repeat, so that any tuner frequency receives them. */
const SIGNALS_AROUND_HZ = 1_420_000_000;
const REPEATS_HZ = 2_048_000;
const SUN_DBM = -75;

/**
 * Creates the sky of a seed. `sources`: instead of those of the seed, which do not move: the Sun, a
 * geostationary belt in the south, a few interferers at the horizon. `driftDb`: root mean square of
 * the gain drift. `sunOver`: a site over which the Sun moves, instead of that of the seed.
 */
export function createSky(
  seed: number,
  driftDb = SMALL_DRIFT_DB,
  sources?: readonly Source[],
  sunOver?: Place,
): Sky {
  const random = createRandom(seed);
  const signals = createRandom(seed ^ 0x516a);
  // The other sources of a seed are the same with both.
  const fixed = sun(random);
  const own = [
    sunOver ? movingSun(sunOver, SUN_DBM) : fixed,
    ...belt(random, signals),
    ...interferers(random, signals),
  ];
  return {
    sources: sources ?? own,
    townAzimuthDeg: between(random, 0, 360),
    galacticPole: { azimuthDeg: between(random, 0, 360), elevationDeg: between(random, 20, 50) },
    drift: createGainDrift(random, driftDb),
  };
}

// High enough to be clear of the belt, low enough to be inside the default grid.
function sun(random: Random): Source {
  const azimuthDeg = between(random, 100, 260);
  return {
    name: 'Sun',
    kind: 'sun',
    seen: { pointing: { azimuthDeg, elevationDeg: between(random, 47, 58) }, levelDbm: SUN_DBM },
    signals: [],
  };
}

function belt(random: Random, signals: Random): Source[] {
  const sources: Source[] = [];
  for (let longitudeDeg = -52; longitudeDeg <= 52; longitudeDeg += between(random, 3, 9)) {
    const levelDbm = between(random, -89, -82);
    sources.push({
      name: `satellite ${sources.length + 1}`,
      kind: 'satellite',
      seen: { pointing: geostationary(longitudeDeg), levelDbm },
      signals: carriers(signals, 1),
    });
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

function interferers(random: Random, signals: Random): Source[] {
  return [0, 1, 2, 3].map((quarter) => ({
    name: `interferer ${quarter + 1}`,
    kind: 'emitter' as const,
    seen: {
      pointing: {
        azimuthDeg: quarter * 90 + between(random, 10, 80),
        elevationDeg: between(random, 1, 6),
      },
      levelDbm: between(random, -82, -77),
    },
    signals: carriers(signals, 2),
  }));
}

/** Carriers of equal power, away from the edges of the band around which they repeat. */
function carriers(random: Random, count: number): Signal[] {
  return Array.from({ length: count }, () => ({
    centerHz: Math.round(SIGNALS_AROUND_HZ + between(random, -0.45, 0.45) * REPEATS_HZ),
    bandwidthHz: 0,
    share: 1 / count,
    bursts: undefined,
    repeatsHz: REPEATS_HZ,
  }));
}

/**
 * Power of the sky without point sources, milliwatts: more atmosphere (1 / sin el) and more ground
 * towards the horizon, a warm town, and the Milky Way as a wide band. It varies slowly compared to
 * any beam, so it needs no convolution, and everywhere, so that no two cells are equal.
 */
export function diffuseSkyMw(sky: Sky, pointing: Pointing): number {
  const beam = beamDirection(pointing);
  const elevation = Math.max(beam.elevationDeg, 2);
  const air = 1 / Math.sin(degToRad(elevation)) - 1;
  const ground = Math.exp(-elevation / 22);
  const overTown = 1 + Math.cos(degToRad(beam.azimuthDeg - sky.townAzimuthDeg));
  const latitudeDeg = radToDeg(Math.asin(Math.min(1, Math.max(-1, cosAngle(pointing, sky.galacticPole)))));
  const milkyWay = Math.exp(-((latitudeDeg / 25) ** 2));
  const relativeToColdest = 0.1 * air + 3.5 * ground + overTown * (0.15 + 1.2 * ground) + 0.7 * milkyWay;
  return dbToLinear(-100) * relativeToColdest;
}
