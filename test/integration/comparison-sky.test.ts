import { describe, expect, test } from 'vitest';
import { ScanMode, GridKind, type ScanSpec } from '#proto/scan_spec';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { createComparedScans } from '../support/compared-scans.ts';
import { BEAM_DEG, createMonth, PLACE, PLACES, SCAN, type Events } from '../score/month/sky-of-month.ts';

// Scans of the simulator's sky up to 33 degrees with a beam of 10 degrees: emitters 5 dB above the
// sky, the structure of the ground and the Milky Way, the Sun as it rises beside the map.

const DAY_MS = 86_400_000;
const SPEC: ScanSpec = {
  azStartDeg: SCAN.az_start,
  azEndDeg: SCAN.az_end,
  elStartDeg: SCAN.el_start,
  elEndDeg: SCAN.el_end,
  stepDeg: SCAN.step_deg,
  rssiIterations: SCAN.rssi_iterations,
  mode: ScanMode.SCAN_MODE_STEP,
  grid: GridKind.GRID_KIND_RECTANGULAR,
  spectrum: undefined,
  bands: [],
  refine: undefined,
};
const NONE: Events = { appears: NaN, moves: NaN, brightens: NaN, disappears: NaN, rains: NaN, steps: NaN };

/** Scans of one hour of successive days, the last one with an event; its anomalies. */
function lastOf(hour: string, seed: number, event?: keyof Events) {
  const start = (day: number) => Date.parse(`2026-03-20T${hour}:00Z`) + day * DAY_MS;
  const month = createMonth(
    seed,
    { ...NONE, ...(event && { [event]: start(4) + (event === 'steps' ? 500_000 : 0) }) },
    () => 0,
  );
  const scans = createComparedScans({
    grid: { ...SPEC, kind: 'rectangular' },
    site: PLACE,
    beamWidthDeg: BEAM_DEG,
    band: { fromHz: 100e6, toHz: 101.8e6, integrationS: 0.35 },
    pointOf: (seq, startedAtMs) => month.pointOf(SPEC, seq, startedAtMs),
  });
  const reports = [0, 1, 2, 3, 4].map((day) => scans.scan(start(day)));
  return { anomalies: reports.at(-1)?.anomalies ?? [], earlier: reports.slice(0, -1), startMs: start(4) };
}

const isAt = (place: Pointing) => (source: Pointing) => separationDeg(source, place) < BEAM_DEG / 20;

describe('one anomaly where something has changed, and nothing before', () => {
  test.each([
    ['new', 'appears', PLACES.appears],
    ['moved', 'moves', PLACES.movesTo],
    ['brighter', 'brightens', PLACES.brightens],
    ['gone', 'disappears', PLACES.disappears],
  ] as const)('%s', (kind, event, place) => {
    const { anomalies, earlier } = lastOf('22:00', 41, event);
    expect(earlier.flatMap((report) => report.anomalies)).toEqual([]);
    expect(anomalies).toMatchObject([{ kind }]);
    expect(anomalies.map(({ source }) => isAt(place)(source))).toEqual([true]);
  });
});

test('a source that disappears while the Sun is in the map has not become the Sun', () => {
  const { anomalies } = lastOf('16:40', 44, 'disappears');
  const gone = anomalies.filter(({ source }) => isAt(PLACES.disappears)(source));
  expect(gone).toMatchObject([{ kind: 'gone' }]);
});

test('the Sun leaves anomalies only near it, as it rises beside the map', () => {
  const { anomalies, earlier, startMs } = lastOf('05:10', 42);
  const all = [...earlier.flatMap((report) => report.anomalies), ...anomalies];
  const sun = createSunAndMoon(PLACE).sun(startMs + 600_000);
  expect(all.filter(({ source }) => separationDeg(source, sun) > 2 * BEAM_DEG)).toEqual([]);
  expect(earlier.every(({ sunCells }) => sunCells.length > 10)).toBe(true);
});

test('no anomaly by a gain step', () => {
  expect(lastOf('22:00', 43, 'steps').anomalies).toEqual([]);
});
