import { lookAtOrbit, lookAtPlace, type Look, type OrbitalElements, type Place } from '#shared/sky/look';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { degToRad, linearToDb } from '#shared/sky/units';
import type { Signal } from './signal.ts';
import type { Seen, Source } from './source.ts';

/** Emitters on Earth and in orbit, the same for every site. */
export interface World {
  sun: { levelDbm: number } | undefined;
  satellites: (Transmitter & { name: string; orbit: OrbitalElements })[];
  emitters: (Transmitter & { name: string; place: Place })[];
}

/** Its signals must not be empty. */
export interface Transmitter {
  /** Radiated power relative to an isotropic antenna. */
  eirpDbm: number;
  signals: readonly Signal[];
}

const SPEED_OF_LIGHT_M_S = 299_792_458;
/**
 * Metres per square root of metre: the distance of the radio horizon of an antenna over an Earth
 * with 4/3 of its radius (ITU-R P.526, k = 4/3).
 */
const HORIZON_M = 4_120;
/** Moving sources are where they are at multiples of this. */
const STEP_MS = 20;

/**
 * The sources of a world as a site sees them. `antennaGainDbi`: of the antenna at the site. Throws
 * `invalid` for orbital elements that cannot be propagated.
 */
export function sourcesOf(world: World, site: Place, antennaGainDbi: number): Source[] {
  const sun = world.sun && movingSun(site, world.sun.levelDbm);
  const satellites = world.satellites.map((satellite) => ({
    name: satellite.name,
    kind: 'satellite' as const,
    seen: inSteps(seenInOrbit(satellite, site, antennaGainDbi)),
    signals: satellite.signals,
  }));
  const emitters = world.emitters.flatMap((emitter) => {
    const seen = seenOnEarth(emitter, site, antennaGainDbi);
    return seen ? [{ name: emitter.name, kind: 'emitter' as const, seen, signals: emitter.signals }] : [];
  });
  return [...(sun ? [sun] : []), ...satellites, ...emitters];
}

/** The Sun at its apparent position, with the same level at any elevation. */
export function movingSun(site: Place, levelDbm: number): Source {
  const { sun } = createSunAndMoon(site);
  return {
    name: 'Sun',
    kind: 'sun',
    seen: inSteps((unixMs) => aboveHorizon({ pointing: sun(unixMs), levelDbm })),
    signals: [],
  };
}

/** Directivity of a Gaussian beam: 4 pi / (1.133 HPBW^2) (Condon and Ransom, eq. 3.118), dBi. */
export function gaussianGainDbi(hpbwDeg: number): number {
  return linearToDb((4 * Math.PI) / (1.133 * degToRad(hpbwDeg) ** 2));
}

function inSteps<T>(at: (unixMs: number) => T): (unixMs: number) => T {
  let last: { step: number; value: T } | undefined;
  return (unixMs) => {
    const step = Math.round(unixMs / STEP_MS);
    if (last?.step !== step) last = { step, value: at(step * STEP_MS) };
    return last.value;
  };
}

function seenInOrbit(
  { orbit, ...transmitter }: World['satellites'][number],
  site: Place,
  antennaGainDbi: number,
): (unixMs: number) => Seen | undefined {
  const lookAt = lookAtOrbit(orbit, site);
  return (unixMs) => {
    const look = lookAt(unixMs);
    return look && aboveHorizon(seenFrom(look, transmitter, antennaGainDbi));
  };
}

function seenOnEarth(
  { place, ...transmitter }: World['emitters'][number],
  site: Place,
  antennaGainDbi: number,
): Seen | undefined {
  const look = lookAtPlace(site, place);
  const horizonM = HORIZON_M * (Math.sqrt(site.heightM) + Math.sqrt(place.heightM));
  return look.distanceM <= horizonM ? seenFrom(look, transmitter, antennaGainDbi) : undefined;
}

/** Free-space loss (4 pi d f / c)^2 (ITU-R P.525) at the frequency of its first signal. */
function seenFrom(
  { pointing, distanceM }: Look,
  { eirpDbm, signals }: Transmitter,
  antennaGainDbi: number,
): Seen {
  const frequencyHz = signals[0]?.centerHz ?? NaN;
  const lossDb = linearToDb(((4 * Math.PI * distanceM * frequencyHz) / SPEED_OF_LIGHT_M_S) ** 2);
  return { pointing, levelDbm: eirpDbm - lossDb + antennaGainDbi };
}

function aboveHorizon(seen: Seen): Seen | undefined {
  return seen.pointing.elevationDeg > 0 ? seen : undefined;
}
