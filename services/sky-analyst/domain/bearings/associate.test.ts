import { describe, expect, test } from 'vitest';
import { bearingOf } from '../../../../test/support/bearing-layouts.ts';
import { geodesicBetween, geodesicEnd } from '../../../shared/sky/geodesic.ts';
import { associateBearings, type SourceBearing } from './associate.ts';

const CENTRE = { latitudeDeg: 48, longitudeDeg: 11 };
const SITES = [0, 130, 250].map((az) => geodesicEnd(CENTRE, az, 30_000));
const EMITTERS = [
  [20, 9_000],
  [200, 14_000],
].map(([az = 0, m = 0]) => geodesicEnd(CENTRE, az, m));
const CHANNELS = [{ fromHz: 100e6, toHz: 100.1e6 }];

function bearings(sites: number, changes: (emitter: number) => Partial<SourceBearing> = () => ({})) {
  return SITES.slice(0, sites).flatMap((site, s) =>
    EMITTERS.map((emitter, e) => ({
      sourceId: `${s}-${e}`,
      ...bearingOf(`site ${s}`, site, emitter, 0.5),
      channels: CHANNELS,
      fromMs: 0,
      toMs: 60_000,
      ...changes(e),
    })),
  );
}

const ids = (crossing: { bearings: SourceBearing[] }) => crossing.bearings.map(({ sourceId }) => sourceId);

describe('sources of three sites on one channel', () => {
  const crossings = associateBearings(bearings(3));

  test('are confirmed where all three bearings cross', () => {
    const confirmed = crossings.filter(({ status }) => status === 'confirmed');
    expect(confirmed.map(ids).sort()).toEqual([
      ['0-0', '1-0', '2-0'],
      ['0-1', '1-1', '2-1'],
    ]);
    for (const { place, bearings: used } of confirmed) {
      const emitter = EMITTERS[used[0]?.sourceId === '0-0' ? 0 : 1] ?? CENTRE;
      expect(geodesicBetween(place, emitter).distanceM).toBeLessThan(10);
    }
  });

  test('have ghosts where bearings of different sources cross', () => {
    const others = crossings.filter(({ status }) => status !== 'confirmed');
    expect(others.length).toBeGreaterThan(0);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['ghost']));
  });
});

test('two sites cannot expose ghosts: every crossing is possible', () => {
  const crossings = associateBearings(bearings(2));
  expect(crossings.length).toBeGreaterThan(2);
  for (const { status, note } of crossings) {
    expect(status).toBe('possible');
    expect(note).toMatch(/two sites cannot expose a ghost; several crossings/);
  }
});

test('sources of different channels or times are never combined', () => {
  const other = { channels: [{ fromHz: 200e6, toHz: 200.1e6 }] };
  const later = { fromMs: 60_001, toMs: 90_000 };
  for (const changes of [other, later]) {
    const crossings = associateBearings(bearings(2, (e) => (e === 0 ? {} : changes)));
    expect(crossings.map(ids).sort()).toEqual([
      ['0-0', '1-0'],
      ['0-1', '1-1'],
    ]);
    expect(crossings.map(({ note }) => note)).toEqual(Array(2).fill('two sites cannot expose a ghost'));
  }
});

test('too many combinations are refused', () => {
  const many = SITES.flatMap((site, s) =>
    Array.from({ length: 40 }, (_, k) => ({
      sourceId: `${s}-${k}`,
      siteId: `site ${s}`,
      ...site,
      azimuthDeg: k,
      sigmaDeg: 1,
    })),
  );
  expect(() => associateBearings(many)).toThrow('120 bearings have more than 5000 combinations');
});
