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

/**
 * Half of the sources are satellites with a measured direction, the others are unknown ones
 * anywhere. Half of both have a frequency; a satellite transmits in one of 40 channels.
 */
export async function scoreIdentification(seed: number, count: number): Promise<Figure[]> {
  const random = seededRandom(seed);
  const channelOf = (k: number) => [{ fromHz: 1e9 + k * 1e6, toHz: 1e9 + k * 1e6 + 5e5 }];
  const frequencies = new Map(
    Array.from({ length: SATELLITES }, (_, k) => [100_000 + k, channelOf(Math.floor(random() * CHANNELS))]),
  );
  const elements = madeUpElements(SATELLITES, START_MS, random);
  const { satellites } = satellitesFrom(elements, SITE, frequencies);
  let [named, correct, lowWithout, identified, known] = [0, 0, 0, 0, 0];
  for (let n = 0; n < count; n++) {
    if (n % 20 === 19) await Promise.resolve();
    const unixMs = START_MS + n * 60_000;
    const hasFrequency = random() < 0.5;
    const truth = random() < 0.5 ? visibleOne(satellites, unixMs, random) : undefined;
    const direction = truth?.visibleAt(unixMs)?.pointing ?? anywhere(random);
    const sigmaDeg = between(random, 0.1, 1);
    const [x, y] = gaussianPair(random);
    const cos = Math.cos((direction.elevationDeg * Math.PI) / 180);
    const pointing = {
      azimuthDeg: direction.azimuthDeg + (x * sigmaDeg) / Math.max(cos, 0.05),
      elevationDeg: direction.elevationDeg + y * sigmaDeg,
    };
    const covariance = { xx: sigmaDeg ** 2, xy: 0, yy: sigmaDeg ** 2 };
    const channels = truth?.frequencies ?? channelOf(Math.floor(random() * CHANNELS));
    const { accepted } = candidatesAt(
      {
        sightings: [{ unixMs, pointing, covariance }],
        channels: hasFrequency ? channels : [],
        isNarrow: hasFrequency,
      },
      { site: SITE, satellites, emitters: [] },
    );
    if (truth && hasFrequency) known++;
    if (!accepted) continue;
    named++;
    if (accepted.kind === 'low_satellite' && accepted.agrees.length === 0) lowWithout++;
    const isBelt = accepted.kind === 'belt' && truth?.orbit === 'geostationary';
    if (isBelt || accepted.name === truth?.name) {
      correct++;
      if (hasFrequency) identified++;
    }
  }
  return [
    figure(`correct above posterior 0.9 (${named})`, (100 * correct) / named, '%', { min: 99 }),
    figure('low satellites named without frequency or motion', lowWithout, '', { exactly: 0 }),
    figure(`satellites with frequency that are identified (${known})`, (100 * identified) / known, '%'),
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

/** Uniform over the sky above the horizon. */
function anywhere(random: () => number): Pointing {
  return { azimuthDeg: between(random, 0, 360), elevationDeg: (Math.asin(random()) * 180) / Math.PI };
}
