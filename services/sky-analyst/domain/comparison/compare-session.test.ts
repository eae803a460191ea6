import { describe, expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { circleGrid, type TrueSource } from '../../../../test/support/synthetic-sky.ts';
import { syntheticBaseline, syntheticSession } from '../../../../test/support/synthetic-baseline.ts';
import { compareSession } from './compare-session.ts';
import type { ComparedSession } from './compared-session.ts';

const BEAM_DEG = 12;
const GRID = circleGrid(90, 12, 6, 5);
/** 5, 10 and 2 dB above the sky; the first one at azimuth 0. */
const SOURCES: [TrueSource, ...TrueSource[]] = [
  { azimuthDeg: 359.5, elevationDeg: 31, amplitude: 2.16 },
  { azimuthDeg: 130, elevationDeg: 22, amplitude: 9 },
  { azimuthDeg: 230, elevationDeg: 42, amplitude: 0.6 },
];
const PLAN = {
  points: GRID,
  sources: SOURCES,
  beamWidthDeg: BEAM_DEG,
  relativeSigma: 0.0055,
  driftDb: 0.02,
  secondsPerPoint: 0.35,
};
const usual = syntheticBaseline(PLAN, 5, 1);
const [FIRST, ...OTHERS] = SOURCES;

function session(sources: TrueSource[], gainDb?: (point: number) => number, points = GRID): ComparedSession {
  return syntheticSession({ ...PLAN, sources, points, seed: 90 }, GRID, usual, gainDb);
}

const compare = (...of: Parameters<typeof session>) =>
  compareSession(session(...of), { beamWidthDeg: BEAM_DEG });

test('a session without a change has none, and z has a scatter of 1', () => {
  const { anomalies, noiseScale, anomalousCells, unsuitable, coverage } = compare(SOURCES);
  expect({ anomalies, anomalousCells, unsuitable, coverage }).toEqual({
    anomalies: [],
    anomalousCells: [],
    unsuitable: undefined,
    coverage: 1,
  });
  expect(Math.abs(noiseScale - 1)).toBeLessThan(0.15);
});

describe('one anomaly for a source', () => {
  test.each([
    ['brighter', 0.1, 1],
    ['fainter', -0.1, -1],
  ])('%s by 1 dB', (kind, exponent, changeDb) => {
    const { anomalies } = compare([{ ...FIRST, amplitude: FIRST.amplitude * 10 ** exponent }, ...OTHERS]);
    expect(anomalies).toMatchObject([{ kind }]);
    expect(Math.abs((anomalies[0]?.changeDb as number) - changeDb)).toBeLessThan(0.15);
    expect(Math.sign(anomalies[0]?.z as number)).toBe(changeDb);
  });

  test('0.5 dB are too little', () => {
    expect(compare([{ ...FIRST, amplitude: FIRST.amplitude * 10 ** 0.05 }, ...OTHERS]).anomalies).toEqual([]);
  });

  test('gone: where it usually is, with the change of the level', () => {
    const { anomalies, anomalousCells } = compare(OTHERS);
    expect(anomalies).toMatchObject([{ kind: 'gone', from: undefined }]);
    expect(separationDeg(anomalies[0]?.source ?? FIRST, FIRST)).toBeLessThan(0.5);
    expect(Math.abs((anomalies[0]?.changeDb as number) + 5)).toBeLessThan(0.4);
    const cell = GRID.findIndex((point) => separationDeg(point, FIRST) < 3);
    expect(anomalousCells).toContain(cell);
  });

  test('new', () => {
    const added = { azimuthDeg: 300, elevationDeg: 30, amplitude: 0.1 };
    const { anomalies } = compare([...SOURCES, added]);
    expect(anomalies).toMatchObject([
      { kind: 'new', source: { channels: [{ fromHz: 100e6, toHz: 102e6 }] } },
    ]);
    expect(separationDeg(anomalies[0]?.source ?? FIRST, added)).toBeLessThan(1);
    expect(Math.abs((anomalies[0]?.changeDb as number) - 0.41)).toBeLessThan(0.1);
  });

  test.each([0.5, 1, 3])('moved by %d beams', (beams) => {
    const to = { ...FIRST, azimuthDeg: FIRST.azimuthDeg - (beams * BEAM_DEG) / Math.cos(0.54) };
    const { anomalies } = compare([to, ...OTHERS]);
    expect(anomalies).toMatchObject([{ kind: 'moved' }]);
    expect(separationDeg(anomalies[0]?.source ?? FIRST, to)).toBeLessThan(1);
    expect(separationDeg(anomalies[0]?.from ?? to, FIRST)).toBeLessThan(1);
    expect(Math.abs(anomalies[0]?.changeDb as number)).toBeLessThan(0.4);
  });

  test('a new source beside one that stays', () => {
    const added = { azimuthDeg: FIRST.azimuthDeg + 17, elevationDeg: 31, amplitude: 1 };
    expect(compare([...SOURCES, added]).anomalies).toMatchObject([{ kind: 'new' }]);
  });
});

describe('no anomaly', () => {
  test.each([50, 89, 91, 500, 1_000])('for a step of the gain of 3 dB at point %d', (place) => {
    expect(compare(SOURCES, (point) => (point < place ? 0 : 3)).anomalies).toEqual([]);
  });

  test('for a fade that depends on the elevation', () => {
    const fade = (point: number) => {
      const elevation = ((GRID[point]?.elevationDeg as number) * Math.PI) / 180;
      return (-0.6 / Math.max(0.2, Math.sin(elevation))) * Math.exp(-(((point - 400) / 300) ** 2));
    };
    expect(compare(SOURCES, fade).anomalies).toEqual([]);
  });

  test('for points beside the cells', () => {
    const offset = GRID.map((point) => ({
      ...point,
      azimuthDeg: point.azimuthDeg + 1.5,
      elevationDeg: point.elevationDeg - 1.5,
    }));
    expect(compare(SOURCES, undefined, offset).anomalies).toEqual([]);
  });
});

test('the offset of the session is removed from its levels', () => {
  const { offsetDb, levels } = compare(SOURCES, () => -4);
  expect(offsetDb).toBeCloseTo(-4, 1);
  const mean = Array.from(levels[0]?.changeDb ?? []).reduce((sum, change) => sum + change, 0) / GRID.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
});

test('below 3 sessions the levels are aligned only', () => {
  const two = syntheticBaseline(PLAN, 2, 1);
  const compared = syntheticSession({ ...PLAN, sources: OTHERS, seed: 90 }, GRID, two, () => 2);
  const { anomalies, noiseScale, levels, offsetDb } = compareSession(compared, { beamWidthDeg: BEAM_DEG });
  expect([anomalies, noiseScale, levels[0]?.z[5]]).toEqual([[], NaN, NaN]);
  expect(offsetDb).toBeCloseTo(2, 1);
  expect(Math.abs(levels[0]?.changeDb[700] as number)).toBeLessThan(0.2);
});

test('parts of the band that show a change are its channels', () => {
  const all = session(SOURCES);
  const changed = session([{ ...FIRST, amplitude: 4 }, ...OTHERS]);
  const parts = [all, changed, all, all].map(({ bands: [band] }, k) => ({
    ...(band as ComparedSession['bands'][number]),
    fromHz: 100e6 + 0.5e6 * k,
    toHz: 100.5e6 + 0.5e6 * k,
  }));
  const bands = [...changed.bands, ...parts];
  const { anomalies, levels } = compareSession({ ...changed, bands }, { beamWidthDeg: BEAM_DEG });
  expect(levels).toHaveLength(5);
  expect(anomalies).toMatchObject([
    { kind: 'brighter', source: { channels: [{ fromHz: 100.5e6, toHz: 101e6 }], isNarrow: true } },
  ]);
});

test('progress and cancellation', () => {
  const steps: number[] = [];
  compareSession(
    session(SOURCES),
    { beamWidthDeg: BEAM_DEG },
    { onProgress: (done, of) => steps.push(done / of) },
  );
  expect([steps[0], steps.at(-1)]).toEqual([0, 1]);
  expect(() =>
    compareSession(session(SOURCES), { beamWidthDeg: BEAM_DEG }, { shouldStop: () => true }),
  ).toThrow(/cancelled/);
});

test('the beam width is measured with the strongest source of the baseline', () => {
  expect(compareSession(session(SOURCES), {}).beamWidthDeg).toBeCloseTo(BEAM_DEG, 0);
});
