import type { Place } from '#shared/sky/look';
import type { FrequencyRange } from '../frequency-range.ts';
import type { KnownSky } from './detected-source.ts';
import { decodeElements, decodeEmitters, decodeFrequencies, type KnownBatches } from './known-records.ts';
import { satellitesFrom, type SatelliteFrequencies } from './satellites.ts';

/** Largest Doppler shift: 7.8 km/s, the speed of a low satellite, over that of light. */
const DOPPLER = 2.6e-5;

/** Known objects as a site sees them. Throws `invalid` for records of another version. */
export function knownSkyOf(site: Place, batches: KnownBatches): KnownSky {
  const frequencies = withDoppler(decodeFrequencies(batches.frequencies));
  const { satellites } = satellitesFrom(decodeElements(batches.elements), site, frequencies);
  return { site, satellites, emitters: decodeEmitters(batches.emitters) };
}

/** Frequencies as they are received. */
function withDoppler(nominal: SatelliteFrequencies): Map<number, FrequencyRange[]> {
  return new Map(
    [...nominal].map(([number, ranges]) => [
      number,
      ranges.map(({ fromHz, toHz }) => ({ fromHz: fromHz * (1 - DOPPLER), toHz: toHz * (1 + DOPPLER) })),
    ]),
  );
}
