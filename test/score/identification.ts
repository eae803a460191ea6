import { gaussianPair, seededRandom } from '../support/samples.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import type { Pointing } from '../../services/shared/sky/pointing.ts';
import { between } from '../../services/simulator/domain/random.ts';
import { candidatesAt } from '../../services/sky-analyst/domain/identification/candidates.ts';
import {
  satellitesFrom,
  type Satellite,
} from '../../services/sky-analyst/domain/identification/satellites.ts';
import { figure, type Figure } from '../bench/row.ts';

const SITE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 100 };
const START_MS = Date.UTC(2026, 10, 29, 12);
const SATELLITES = 3_000;
const CHANNELS = 40;
/** Between two sightings. */
const APART_MS = 20_000;
/** A source that moves, of those that nothing known is. */
const UNLISTED = 0.3;

/**
 * Half of the sources are satellites with a measured direction, the others are unknown ones: 70 %
 * stay anywhere, 30 % are satellites without known elements. Half of all have a frequency, half
 * have two sightings 20 s apart; a satellite transmits in one of 40 channels.
 */
export async function scoreIdentification(seed: number, count: number): Promise<Figure[]> {
  const random = seededRandom(seed);
  const channelOf = (k: number) => [{ fromHz: 1e9 + k * 1e6, toHz: 1e9 + k * 1e6 + 5e5 }];
  const frequencies = new Map(
    Array.from({ length: SATELLITES }, (_, k) => [100_000 + k, channelOf(Math.floor(random() * CHANNELS))]),
  );
  const elements = madeUpElements(SATELLITES, START_MS, random);
  const { satellites } = satellitesFrom(elements, SITE, frequencies);
  const unlisted = satellitesFrom(madeUpElements(SATELLITES / 10, START_MS, random), SITE).satellites;
  let [named, correct, lowWithout, identified, known, byMotion, moving] = [0, 0, 0, 0, 0, 0, 0];
  for (let n = 0; n < count; n++) {
    if (n % 20 === 19) await Promise.resolve();
    const unixMs = START_MS + n * 60_000;
    const [hasFrequency, hasMotion] = [random() < 0.5, random() < 0.5];
    const truth = random() < 0.5 ? visibleOne(satellites, unixMs, random) : undefined;
    const seen = truth ?? (random() < UNLISTED ? visibleOne(unlisted, unixMs, random) : undefined);
    const fixed = anywhere(random);
    const sigmaDeg = between(random, 0.1, 1);
    const sightings = (hasMotion ? [unixMs, unixMs + APART_MS] : [unixMs]).map((ms) => ({
      unixMs: ms,
      pointing: measured(seen?.visibleAt(ms)?.pointing ?? fixed, sigmaDeg, random),
      covariance: { xx: sigmaDeg ** 2, xy: 0, yy: sigmaDeg ** 2 },
    }));
    const channels = truth?.frequencies ?? channelOf(Math.floor(random() * CHANNELS));
    const { accepted } = candidatesAt(
      {
        sightings,
        channels: hasFrequency ? channels : [],
        isNarrow: hasFrequency,
      },
      { site: SITE, satellites, emitters: [] },
    );
    if (truth && hasFrequency) known++;
    if (truth?.orbit === 'low_satellite' && hasMotion && !hasFrequency) moving++;
    if (!accepted) continue;
    named++;
    if (accepted.kind === 'low_satellite' && accepted.agrees.length === 0) lowWithout++;
    const isBelt = accepted.kind === 'belt' && seen?.orbit === 'geostationary';
    if (isBelt || accepted.name === truth?.name) {
      correct++;
      if (hasFrequency) identified++;
      else if (hasMotion && truth?.orbit === 'low_satellite') byMotion++;
    }
  }
  return [
    figure(`correct above posterior 0.9 (${named})`, (100 * correct) / named, '%', { min: 99 }),
    figure('low satellites named without frequency or motion', lowWithout, '', { exactly: 0 }),
    figure(`satellites with frequency that are identified (${known})`, (100 * identified) / known, '%'),
    figure(
      `low satellites without frequency that are identified by motion (${moving})`,
      (100 * byMotion) / moving,
      '%',
    ),
  ];
}

function visibleOne(
  satellites: readonly Satellite[],
  unixMs: number,
  random: () => number,
): Satellite | undefined {
  const visible = satellites.filter((satellite) => satellite.visibleAt(unixMs));
  return visible[Math.floor(random() * visible.length)];
}

function measured({ azimuthDeg, elevationDeg }: Pointing, sigmaDeg: number, random: () => number): Pointing {
  const [x, y] = gaussianPair(random);
  const cos = Math.cos((elevationDeg * Math.PI) / 180);
  return {
    azimuthDeg: azimuthDeg + (x * sigmaDeg) / Math.max(cos, 0.05),
    elevationDeg: elevationDeg + y * sigmaDeg,
  };
}

/** Uniform over the sky above the horizon. */
function anywhere(random: () => number): Pointing {
  return { azimuthDeg: between(random, 0, 360), elevationDeg: (Math.asin(random()) * 180) / Math.PI };
}
