import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { madeUpElements } from '../../../../test/support/satellite-population.ts';
import { lookAtOrbit } from '../../../shared/sky/look.ts';
import type { Pointing } from '../../../shared/sky/pointing.ts';
import { createSunAndMoon } from '../../../shared/sky/sun-and-moon.ts';
import { candidatesAt } from './candidates.ts';
import type { DetectedSource, KnownSky } from './detected-source.ts';
import { geostationaryBelt } from './geostationary-belt.ts';
import { satellitesFrom } from './satellites.ts';

const SITE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 100 };
const NOON = Date.UTC(2026, 10, 29, 12);
const CHANNEL = [{ fromHz: 137e6, toHz: 137.1e6 }];
const NOTHING: KnownSky = { site: SITE, satellites: [], emitters: [] };
const elements = madeUpElements(2_000, NOON, seededRandom(4));
const { satellites } = satellitesFrom(elements, SITE);
const low = satellites.find(
  (s) => s.orbit === 'low_satellite' && (s.visibleAt(NOON)?.pointing.elevationDeg ?? 0) > 40,
);
if (!low) throw new Error('no satellite is high');

function sourceAt(pointing: Pointing, others: Partial<DetectedSource> = {}): DetectedSource {
  const covariance = { xx: 0.04, xy: 0, yy: 0.04 };
  return { sightings: [{ unixMs: NOON, pointing, covariance }], channels: [], isNarrow: false, ...others };
}

const directionOf = (unixMs: number) => low.visibleAt(unixMs)?.pointing ?? { azimuthDeg: 0, elevationDeg: 0 };

describe('the candidates of a source', () => {
  test('are Sun and Moon, unless the source is narrow', () => {
    const { sun } = createSunAndMoon(SITE);
    expect(candidatesAt(sourceAt(sun(NOON)), NOTHING).accepted?.name).toBe('Sun');
    const narrow = candidatesAt(sourceAt(sun(NOON), { isNarrow: true }), NOTHING);
    expect(narrow.candidates.map(({ name }) => name)).not.toContain('Sun');
  });

  test('include the geostationary belt when no elements are known', () => {
    const [point] = geostationaryBelt(SITE).slice(70);
    expect(point?.pointing.elevationDeg).toBeGreaterThan(25);
    expect(candidatesAt(sourceAt(point?.pointing ?? directionOf(NOON)), NOTHING).accepted?.kind).toBe('belt');
  });

  test('never name a low satellite by its position alone', () => {
    const { accepted, candidates } = candidatesAt(sourceAt(directionOf(NOON)), { ...NOTHING, satellites });
    expect(accepted).toBeUndefined();
    expect(candidates.map(({ name }) => name)).toContain('low satellite');
    expect(candidates.map(({ name }) => name)).not.toContain(low.name);
  });

  test('name a low satellite whose frequency agrees, and exclude it if it does not', () => {
    const frequencies = new Map([[low.catalogueNumber, CHANNEL]]);
    const sky = { ...NOTHING, ...satellitesFrom(elements, SITE, frequencies) };
    const found = candidatesAt(sourceAt(directionOf(NOON), { channels: CHANNEL }), sky);
    expect(found.accepted).toMatchObject({ name: low.name, agrees: ['frequency'] });
    const other = [{ fromHz: 2e9, toHz: 2.1e9 }];
    const excluded = candidatesAt(sourceAt(directionOf(NOON), { channels: other }), sky);
    expect(excluded.candidates.map(({ name }) => name)).not.toContain(low.name);
  });

  describe('with several sightings', () => {
    const covariance = { xx: 0.04, xy: 0, yy: 0.04 };
    const times = [0, 20_000, 40_000].map((ms) => NOON + ms);
    const sourceOn = (track: (unixMs: number) => Pointing): DetectedSource => ({
      ...sourceAt(directionOf(NOON)),
      sightings: times.map((unixMs) => ({ unixMs, pointing: track(unixMs), covariance })),
    });
    const sky = { ...NOTHING, satellites };
    const turned = (pointing: Pointing, byDeg: number) => ({
      ...pointing,
      azimuthDeg: pointing.azimuthDeg + byDeg,
    });

    test('name a low satellite whose motion agrees', () => {
      const { accepted } = candidatesAt(sourceOn(directionOf), sky);
      expect(accepted).toMatchObject({ name: low.name, agrees: ['motion'] });
    });

    test('name no satellite beside the track, and none that moves the other way', () => {
      const beside = candidatesAt(
        sourceOn((unixMs) => turned(directionOf(unixMs), 8)),
        sky,
      );
      expect(beside.candidates.map(({ name }) => name)).not.toContain(low.name);
      const back = candidatesAt(
        sourceOn((unixMs) => directionOf(2 * NOON - unixMs)),
        sky,
      );
      expect(back.candidates.map(({ name }) => name)).not.toContain(low.name);
    });

    test('are no low satellite if the source stays, but the emitter that it covers', () => {
      const still = sourceOn(() => directionOf(NOON));
      const found = candidatesAt(still, sky).candidates;
      expect(found.filter(({ kind }) => kind === 'low_satellite')).toEqual([]);
      const emitters = [{ name: 'Mast', latitudeDeg: 50.1, longitudeDeg: 8, heightM: 200, frequencies: [] }];
      const onMast = sourceOn(() => ({ azimuthDeg: 0, elevationDeg: 0.5 }));
      expect(candidatesAt(onMast, { ...sky, emitters }).accepted?.name).toBe('Mast');
    });

    test('are not the belt if the source crosses it', () => {
      const [point] = geostationaryBelt(SITE).slice(70);
      const on = point?.pointing ?? directionOf(NOON);
      const kinds = (speed: number) =>
        candidatesAt(
          sourceOn((unixMs) => turned(on, (speed * (unixMs - NOON)) / 1_000)),
          NOTHING,
        ).candidates.map(({ kind }) => kind);
      expect(kinds(0)).toEqual(['belt']);
      expect(kinds(0.2)).toEqual([]);
    });

    test('have a chance that falls with satellites that move otherwise', () => {
      const beside = (sightings: number) => ({
        ...sourceOn((unixMs) => turned(directionOf(unixMs), 0.4)),
        sightings: sourceOn((unixMs) => turned(directionOf(unixMs), 0.4)).sightings.slice(0, sightings),
      });
      const chanceOf = (sightings: number) =>
        candidatesAt(beside(sightings), sky).candidates.find(
          ({ name }) => name === low.name || name === 'low satellite',
        )?.chance ?? NaN;
      expect(chanceOf(3)).toBeLessThan(chanceOf(1) / 3);
    });
  });

  test('warn about old elements', () => {
    const frequencies = new Map([[low.catalogueNumber, CHANNEL]]);
    const old = elements
      .filter(({ NORAD_CAT_ID }) => NORAD_CAT_ID === low.catalogueNumber)
      .map((e) => ({ ...e, EPOCH: new Date(NOON - 5 * 86_400_000).toISOString() }));
    const look = old[0] && lookAtOrbit(old[0], SITE);
    const atMs = Array.from({ length: 2_000 }, (_, k) => NOON + k * 60_000).find(
      (ms) => (look?.(ms)?.pointing.elevationDeg ?? 0) > 20,
    );
    const pointing = look?.(atMs ?? NaN)?.pointing ?? directionOf(NOON);
    const source = sourceAt(pointing, { channels: CHANNEL });
    const sightings = source.sightings.map((sighting) => ({ ...sighting, unixMs: atMs ?? NaN }));
    const { candidates } = candidatesAt(
      { ...source, sightings },
      { ...NOTHING, ...satellitesFrom(old, SITE, frequencies) },
    );
    expect(candidates[0]?.warnings[0]).toMatch(/days old, more than 3/);
  });

  test('include emitters by bearing, and exclude those of other frequencies', () => {
    const emitter = { name: 'Mast', latitudeDeg: 50.2, longitudeDeg: 8, heightM: 200, frequencies: CHANNEL };
    const sky = { ...NOTHING, emitters: [emitter] };
    const pointing = { azimuthDeg: 0.1, elevationDeg: 1 };
    expect(candidatesAt(sourceAt(pointing, { channels: CHANNEL }), sky).accepted?.name).toBe('Mast');
    const other = candidatesAt(sourceAt(pointing, { channels: [{ fromHz: 1e9, toHz: 1e9 }] }), sky);
    expect(other.accepted).toBeUndefined();
  });
});

test('satellites below the horizon are skipped without missing any that is above', () => {
  const [some, fresh] = [1, 2].map(() => satellitesFrom(elements.slice(0, 200), SITE).satellites);
  for (let unixMs = NOON; unixMs < NOON + 6 * 3_600_000; unixMs += 300_000)
    some?.forEach((satellite, k) => {
      const element = elements[k];
      const direct = element && lookAtOrbit(element, SITE)(unixMs);
      expect(satellite.visibleAt(unixMs) !== undefined).toBe((direct?.pointing.elevationDeg ?? -1) > 0);
    });
  expect(fresh).toHaveLength(200);
});
