import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { madeUpElements } from '../../../../test/support/satellite-population.ts';
import { separationDeg } from '../../../shared/sky/pointing.ts';
import { geostationaryBelt } from './geostationary-belt.ts';
import { emitterPointings, equatorialGrid, milkyWay, passesOf } from './overlays.ts';
import { satellitesFrom } from './satellites.ts';

const SITE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 100 };
const NOW = Date.UTC(2026, 10, 29, 12);

describe('overlays', () => {
  // 90 - 50 - the parallax of 7.2 degrees at this latitude: 32.8 degrees.
  test('have the belt in the south, highest at the longitude of the site', () => {
    const belt = geostationaryBelt(SITE);
    const highest = belt.reduce((a, b) => (b.pointing.elevationDeg > a.pointing.elevationDeg ? b : a));
    expect(highest.longitudeDeg).toBe(8);
    expect(highest.pointing.azimuthDeg).toBeCloseTo(180, 3);
    expect(highest.pointing.elevationDeg).toBeCloseTo(32.8, 0);
    expect(geostationaryBelt({ ...SITE, latitudeDeg: 89 })).toEqual([]);
  });

  test('have passes that begin and end at the horizon', () => {
    const elements = madeUpElements(40, NOW, seededRandom(1)).slice(1, 10);
    const passes = passesOf(satellitesFrom(elements, SITE).satellites, NOW, NOW + 12 * 3_600_000);
    expect(passes.length).toBeGreaterThan(5);
    for (const { points } of passes) {
      expect(points.every(({ elevationDeg }) => elevationDeg > 0)).toBe(true);
      expect(points.length).toBeLessThan(60);
    }
    const whole = passes.filter(({ points }) => (points[0]?.unixMs ?? NOW) > NOW);
    for (const { points } of whole) expect(points[0]?.elevationDeg).toBeLessThan(3);
  });

  test('have lines without gaps above the horizon', () => {
    for (const { points } of [...milkyWay(SITE, NOW), ...equatorialGrid(SITE, NOW)])
      points.slice(1).forEach((to, k) => {
        expect(to.elevationDeg).toBeGreaterThanOrEqual(0);
        expect(separationDeg(points[k] ?? to, to)).toBeLessThan(2.5);
      });
    expect(milkyWay(SITE, NOW)).toHaveLength(1);
  });

  test('have emitters at their azimuth, not below the horizon', () => {
    const far = { name: 'Mast', latitudeDeg: 51, longitudeDeg: 8, heightM: 10, frequencies: [] };
    const [mast] = emitterPointings(SITE, [far]);
    expect(mast).toMatchObject({ name: 'Mast', elevationDeg: 0 });
    expect(Math.cos(((mast?.azimuthDeg ?? 90) * Math.PI) / 180)).toBeCloseTo(1, 6);
  });
});
