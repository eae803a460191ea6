import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';

// Scans around a source that start and preview refuse.

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

const SQUARE = { az_start: -10, az_end: 10, el_start: -10, el_end: 10 };
const MAST = { source: { azimuth: 180, elevation: 30 } };

test.each<[string, string[], object]>([
  ['an unknown body', ['frame.source'], { frame: { source: 'mars' } }],
  ['no source', ['frame.source'], { frame: {} }],
  ['two sources', ['frame.source'], { frame: { source: { emitter: 'a', satellite: 'b' } } }],
  ['half a direction', ['frame.source'], { frame: { source: { azimuth: 1 } } }],
  [
    'an elevation of 91 deg',
    ['frame.source.elevation'],
    { frame: { source: { azimuth: 1, elevation: 91 } } },
  ],
  ['a satellite without a name', ['frame.source.satellite'], { frame: { source: { satellite: '' } } }],
  ['an unknown field', ['frame.tracking'], { frame: { ...MAST, tracking: true } }],
  ['an offset of 200 deg', ['az_end'], { frame: MAST, az_end: 200 }],
  ['offsets that decrease', ['az_end'], { frame: MAST, az_start: 5, az_end: -5 }],
  ['the whole circle of a scan without a frame', ['az_end'], { frame: MAST, az_start: 0, az_end: 360 }],
  ['sweeps', ['scan_mode'], { frame: MAST, scan_mode: 'on_the_fly' }],
  ['a refinement', ['refine'], { frame: MAST, refine: {} }],
  ['a cross without a frame', ['grid'], { grid: 'cross' }],
])('%s', async (_name, fields, change) => {
  const body = JSON.stringify({ rotor_id: 1, ...SQUARE, ...change });
  for (const path of ['/api/skyscan/start', '/api/skyscan/preview']) {
    const answer = await suite.refused(path, { method: 'POST', body });
    expect(answer.status).toBe(422);
    expect(locations(answer)).toEqual(fields.map((field) => `body.${field}`));
  }
});

test('names of the known sky need the place of the site', async () => {
  const body = JSON.stringify({ rotor_id: 1, ...SQUARE, frame: { source: { emitter: 'pager' } } });
  const answer = await suite.refused('/api/skyscan/preview', { method: 'POST', body });
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('the direction of emitter pager is unknown: set latitude_deg');
});
