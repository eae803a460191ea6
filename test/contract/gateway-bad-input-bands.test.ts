import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';
import { upTo } from '../support/gateway-scan.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

type Band = [centerFrequencyHz: number, bandwidthHz?: number];

/** The body of a request with a spectrum and these bands. */
function bandsOf(...bands: Band[]): string {
  const list = bands.map(([center_frequency_hz, bandwidth_hz]) => ({ center_frequency_hz, bandwidth_hz }));
  return `{"rotor_id": 1, "spectrum": {}, "bands": ${JSON.stringify(list)}}`;
}

describe('start and preview refuse', () => {
  const cases: [string, string, string][] = [
    ...[63, 65, 1_000, 8_192, 0, -64, 128.5, '"64"', 'null'].map((channels): [string, string, string] => [
      `a spectrum of ${channels} channels`,
      'spectrum.channels',
      `{"rotor_id": 1, "spectrum": {"channels": ${channels}}}`,
    ]),
    ['a spectrum with an unknown field', 'spectrum.bins', '{"rotor_id": 1, "spectrum": {"bins": 64}}'],
    ['no bands', 'bands', '{"rotor_id": 1, "bands": []}'],
    ['17 bands', 'bands', bandsOf(...upTo(17).map((k): Band => [k * 1e6, 1e6]))],
    ['a band without bandwidth', 'bands.0.bandwidth_hz', bandsOf([1e8])],
    ['a band of 0 Hz', 'bands.0.bandwidth_hz', bandsOf([1e8, 0])],
    ['a band at -1 Hz', 'bands.1.center_frequency_hz', bandsOf([1e8, 1e6], [-1, 1e6])],
    ['a band that overlaps with another', 'bands.1', bandsOf([1e8, 2e6], [1.01e8, 2e6])],
    ['the same band twice', 'bands.2', bandsOf([1e8, 1e6], [2e8, 1e6], [2e8, 1e6])],
    [
      'two bands without a spectrum',
      'spectrum',
      bandsOf([1e8, 1e6], [2e8, 1e6]).replace('"spectrum": {}, ', ''),
    ],
  ];
  test.each(cases)('%s', async (_, field, body) => {
    for (const path of ['/api/skyscan/start', '/api/skyscan/preview']) {
      const answer = await suite.refused(path, { method: 'POST', body });
      expect(answer.status).toBe(422);
      expect(locations(answer)).toEqual([`body.${field}`]);
    }
  });
});

describe('the problem of bands names', () => {
  test.each([
    [
      'the overlap',
      bandsOf([1e8, 2e6], [1.01e8, 2e6]),
      'Must not overlap with bands.0, which covers 99000000..101000000 Hz: covers 100000000..102000000 Hz',
    ],
    [
      'the channels',
      '{"rotor_id": 1, "spectrum": {"channels": 1000}}',
      'Must be a power of two in 64..4096 channels',
    ],
    [
      'the missing spectrum',
      bandsOf([1e8, 1e6], [2e8, 1e6]).replace('"spectrum": {}, ', ''),
      'Must be set with 2 bands: only spectra contain the bands after the first one',
    ],
  ])('%s', async (_, body, msg) => {
    const answer = await suite.refused('/api/skyscan/start', { method: 'POST', body });
    expect(answer.body).toMatchObject({ detail: [{ msg }] });
  });
});
