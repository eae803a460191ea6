import { expect, test } from 'vitest';
import type { Anomaly } from './compared-session.ts';
import { mergeAnomalies } from './merge-anomalies.ts';

const BAND = { fromHz: 100e6, toHz: 108e6 };
const part = (k: number) => ({ fromHz: 100e6 + 2e6 * k, toHz: 102e6 + 2e6 * k });

function anomaly(
  azimuthDeg: number,
  z: number,
  channel: { fromHz: number; toHz: number },
  change: object = {},
) {
  const source = {
    ...{ azimuthDeg, elevationDeg: 30, azimuthErrorDeg: 0.1, elevationErrorDeg: 0.1 },
    ...{ peak: 1, peakDb: 3, snr: 20, widthDeg: undefined, firstSeenMs: 0, lastSeenMs: 1 },
    covarianceDeg2: [
      [0.01, 0],
      [0, 0.01],
    ] as const,
    ...{ sightings: [], flags: [], occupancy: undefined, isNarrow: false },
    channels: [channel],
  };
  const rest = { changeDb: 2, changeErrorDb: 0.1, from: undefined };
  return { kind: 'brighter', source, z, ...rest, ...change } as Anomaly;
}

test('one place is one anomaly, with the parts of the band that show it', () => {
  const [only, ...others] = mergeAnomalies(
    [[anomaly(100, 10, BAND)], [], [anomaly(100.5, 30, part(1))], [anomaly(99.5, 20, part(2))]],
    BAND,
    6,
  );
  expect(others).toEqual([]);
  // What the whole band shows, and parts that touch as one range.
  expect(only).toMatchObject({
    z: 10,
    source: { azimuthDeg: 100, channels: [{ fromHz: 102e6, toHz: 106e6 }], isNarrow: false },
  });
});

test('a part of the band can show what the whole band does not', () => {
  const merged = mergeAnomalies([[anomaly(100, 10, BAND)], [anomaly(200, -30, part(0))]], BAND, 6);
  expect(merged.map(({ z, source: { isNarrow, channels } }) => [z, isNarrow, channels])).toEqual([
    [-30, true, [part(0)]],
    [10, false, [BAND]],
  ]);
});

test('a source that has moved is the one that is gone in another part', () => {
  const moved = anomaly(110, 20, BAND, { kind: 'moved', from: { azimuthDeg: 100, elevationDeg: 30 } });
  const gone = anomaly(100, -15, part(3), { kind: 'gone' });
  expect(mergeAnomalies([[moved], [gone]], BAND, 6)).toMatchObject([
    { kind: 'moved', source: { channels: [part(3)] } },
  ]);
});
