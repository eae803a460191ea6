import { figure, type Figure } from '../bench/row.ts';
import { seededRandom } from '../support/samples.ts';
import { randomLayout } from '../support/bearing-layouts.ts';
import { chiSquareAt } from '../../services/sky-analyst/domain/bearings/likelihood.ts';
import { solveBearings } from '../../services/sky-analyst/domain/bearings/solve-bearings.ts';
import { geodesicBetween } from '../../services/shared/sky/geodesic.ts';
import { degToRad } from '../../services/shared/sky/units.ts';

const SIGMAS_DEG = [0.5, 1, 2.5];
const LIMIT = 5.991;

/** How many of the 95 % areas of random layouts contain the emitter. */
export async function scoreBearings(seed: number, count: number): Promise<Figure[]> {
  const random = seededRandom(seed);
  const hits: Record<'ellipse' | 'region', boolean[]> = { ellipse: [], region: [] };
  for (let n = 0; n < count; n++) {
    const { bearings, emitter } = randomLayout(random, SIGMAS_DEG);
    const place = solveBearings(bearings, { corners: 3 });
    if (n % 100 === 99) await Promise.resolve();
    if (place.kind === 'no_place') continue;
    if (place.area.kind === 'region') {
      hits.region.push(chiSquareAt(bearings, emitter) - place.chiSquare <= LIMIT);
      continue;
    }
    const { azimuthDeg, distanceM } = geodesicBetween(place, emitter);
    const turn = degToRad(azimuthDeg - place.area.azimuthDeg);
    const along = (distanceM * Math.cos(turn)) / place.area.semiMajorM;
    const across = (distanceM * Math.sin(turn)) / place.area.semiMinorM;
    hits.ellipse.push(along * along + across * across <= 1);
  }
  return (['ellipse', 'region'] as const).flatMap((kind) => {
    const share = (100 * hits[kind].filter(Boolean).length) / hits[kind].length;
    const areas = `95 % ${kind}s (${hits[kind].length})`;
    return [
      figure(`${areas} that contain the emitter`, share, '%'),
      figure(`${areas}: distance from 95`, Math.abs(share - 95), '%', { max: 1 }),
    ];
  });
}
