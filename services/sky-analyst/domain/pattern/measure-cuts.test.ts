import { expect, test } from 'vitest';
import { measureCuts } from './measure-cuts.ts';

const RAD = Math.PI / 180;

/** A uniform line of 4 wavelengths: nulls at asin(n / 4), the first side lobe at -13.26 dB. */
function lineDb(deg: number): number {
  const u = 4 * Math.PI * Math.sin(deg * RAD);
  const field = u === 0 ? 1 : Math.sin(u) / u;
  // An element that faces forward: 20 dB less behind.
  return 20 * Math.log10(Math.max(Math.abs(field), 1e-5)) - 10 * (1 - Math.cos(deg * RAD));
}

function cut(gainDb: (deg: number) => number): number[] {
  return Array.from({ length: 360 }, (_, k) => gainDb(k > 180 ? k - 360 : k));
}

function measured(azimuthDb: number[], elevationDb = cut(lineDb)) {
  return measureCuts({ name: 'line', azimuthDb, elevationDb, gainDbi: 9, frequencyMhz: undefined });
}

test('the figures of a cut are those of its formula', () => {
  const { azimuth, frontToBackDb } = measured(cut(lineDb));
  // Without the element, 0.886 / 4 radians.
  expect(azimuth.hpbwDeg?.value).toBeCloseTo(12.6, 1);
  expect(azimuth.hpbwDeg?.sigma).toBe(0);
  for (const side of ['before', 'after'] as const) {
    expect(azimuth[side].firstNull?.angleDeg.value).toBeCloseTo(Math.asin(1 / 4) / RAD, 0);
    expect(azimuth[side].sideLobe?.levelDb.value).toBeCloseTo(lineDb(20.9), 1);
    expect(Math.abs((azimuth[side].sideLobe?.angleDeg.value ?? NaN) - 20.9)).toBeLessThan(0.3);
  }
  expect(frontToBackDb.opposite).toBeCloseTo(20, 6);
  expect(frontToBackDb.worst).toBeCloseTo(20, 6);
});

test('a cut whose beam is tilted is turned, and is relative to its peak', () => {
  const tilted = measured(cut((deg) => lineDb(((deg + 7 + 540) % 360) - 180) + 3));
  const straight = measured(cut(lineDb));
  expect(tilted.azimuth.hpbwDeg?.value).toBeCloseTo(straight.azimuth.hpbwDeg?.value ?? NaN, 6);
  expect(tilted.azimuth.cut.find(({ angleDeg }) => angleDeg === 0)?.gainDb).toBeCloseTo(0, 9);
});

test('the steps of rounded gains are neither nulls nor side lobes', () => {
  const rounded = cut((deg) => Math.round(-((deg / 10) ** 2)) + (Math.abs(deg) % 7 === 3 ? 1 : 0));
  const { azimuth } = measured(rounded.map((gain) => Math.min(0, gain)));
  expect(azimuth.hpbwDeg?.value).toBeGreaterThan(0);
  expect([azimuth.before.sideLobe, azimuth.after.sideLobe]).toEqual([undefined, undefined]);
});

test.each([
  [0.1, undefined],
  [0.3, 44],
])('on the way down, %f dB that a cut rises again are a side lobe at %s degrees', (riseDb, angleDeg) => {
  const lowest = 40;
  const rising = (deg: number) => {
    const beyond = Math.abs(deg) - lowest;
    if (beyond <= 0) return -((deg / 10) ** 2);
    return -((lowest / 10) ** 2) + (beyond <= 4 ? (beyond * riseDb) / 4 : riseDb - (beyond - 4) / 10);
  };
  const { after } = measured(cut(rising)).azimuth;
  if (angleDeg === undefined) expect(after.sideLobe).toBeUndefined();
  else expect(after.sideLobe?.angleDeg.value).toBeCloseTo(angleDeg, 0);
});

test('an antenna without a beam in a plane has no width there; one without a cut has nothing', () => {
  const round = measured(cut(() => 0));
  expect([round.azimuth.hpbwDeg, round.azimuth.after.firstNull]).toEqual([undefined, undefined]);
  const none = measured(new Array<number>(360).fill(NaN));
  expect([none.azimuth.hpbwDeg, none.azimuth.cut]).toEqual([undefined, []]);
  expect(none.elevation.hpbwDeg?.value).toBeGreaterThan(12);
});

test('what is beyond a gap is unknown', () => {
  const { azimuth } = measured(cut((deg) => (deg > 4 && deg < 60 ? NaN : lineDb(deg))));
  expect([azimuth.hpbwDeg, azimuth.after.sideLobe]).toEqual([undefined, undefined]);
  expect(azimuth.before.sideLobe?.angleDeg.value).toBeGreaterThan(19);
});
