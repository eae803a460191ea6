import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

const NUMBERS = ['az_start', 'az_end', 'el_start', 'el_end', 'step_deg', 'rssi_iterations'];
const NOT_A_NUMBER = ['"1"', 'true', 'null', '[]', '{}', '"NaN"', '1e999', '-1e999'];
const OUT_OF_BOUNDS: Record<string, string[]> = {
  az_start: ['-180.001', '540.1', '1e300'],
  az_end: ['-181', '541', '-1e300'],
  el_start: ['-90.5', '91', '1e300'],
  el_end: ['90.01', '-91', '17'],
  step_deg: ['0', '-2', '0.009', '360.5', '1e-300'],
  rssi_iterations: ['0', '-1', '1001', '1.5', '4294967297'],
};

describe('start and preview refuse', () => {
  const cases: [string, string, string][] = [
    ...NUMBERS.flatMap((field) =>
      [...NOT_A_NUMBER, ...(OUT_OF_BOUNDS[field] ?? [])].map((value): [string, string, string] => [
        `"${field}": ${value}`,
        field,
        `{"rotor_id": 1, "${field}": ${value}}`,
      ]),
    ),
    ...['"1"', 'null', 'true', '[1]', '{}', '0', '-1', '1.5', '1e999', '1e300', '9007199254740993'].map(
      (value): [string, string, string] => [`"rotor_id": ${value}`, 'rotor_id', `{"rotor_id": ${value}}`],
    ),
    ['no rotor_id', 'rotor_id', '{}'],
    ['notes that are a number', 'notes', '{"rotor_id": 1, "notes": 5}'],
    ['notes that are too long', 'notes', JSON.stringify({ rotor_id: 1, notes: 'x'.repeat(2001) })],
    ['notes with NUL', 'notes', '{"rotor_id": 1, "notes": "a\\u0000b"}'],
    ['notes with half a surrogate pair', 'notes', '{"rotor_id": 1, "notes": "\\ud800"}'],
    ...['"north"', '5', '[]', 'true'].map((reference): [string, string, string] => [
      `reference ${reference}`,
      'reference',
      `{"rotor_id": 1, "reference": ${reference}}`,
    ]),
    ...[
      ['azimuth', '"azimuth": 540.5, "elevation": 60'],
      ['azimuth', '"azimuth": "180", "elevation": 60'],
      ['elevation', '"azimuth": 180'],
      ['elevation', '"azimuth": 180, "elevation": 1e999'],
      ['every_min', '"azimuth": 180, "elevation": 60, "every_min": 0.9'],
      ['every_min', '"azimuth": 180, "elevation": 60, "every_min": 1441'],
      ['every_min', '"azimuth": 180, "elevation": 60, "every_min": null'],
      ['every_s', '"azimuth": 180, "elevation": 60, "every_s": 60'],
    ].map(([field, reference]): [string, string, string] => [
      `reference {${reference}}`,
      `reference.${field}`,
      `{"rotor_id": 1, "reference": {${reference}}}`,
    ]),
    ['an unknown field', 'color', '{"rotor_id": 1, "color": "red"}'],
    ['__proto__', '__proto__', '{"rotor_id": 1, "__proto__": {"rotor_id": 1}}'],
    ['constructor', 'constructor', '{"rotor_id": 1, "constructor": 1}'],
    ['a span above 360 deg', 'az_end', '{"rotor_id": 1, "az_start": -10, "az_end": 351}'],
    [
      'a million points and one row',
      'step_deg',
      '{"rotor_id": 1, "el_start": 0, "el_end": 90, "step_deg": 0.01}',
    ],
  ];
  test.each(cases)('%s', async (_, field, body) => {
    for (const path of ['/api/skyscan/start', '/api/skyscan/preview']) {
      const answer = await suite.refused(path, { method: 'POST', body });
      expect(answer.status).toBe(422);
      expect(locations(answer)).toEqual([`body.${field}`]);
    }
  });

  test('report all problems at once', async () => {
    const body = {
      rotor_id: 'x',
      az_start: 1000,
      el_start: 50,
      el_end: 40,
      step_deg: 0,
      rssi_iterations: 0,
      a: 1,
      b: 2,
    };
    const answer = await suite.refused('/api/skyscan/start', { method: 'POST', body });
    expect(answer.status).toBe(422);
    expect(locations(answer).sort()).toEqual(
      ['a', 'az_start', 'b', 'el_end', 'rotor_id', 'rssi_iterations', 'step_deg'].map(
        (field) => `body.${field}`,
      ),
    );
    for (const problem of (answer.body as { detail: object[] }).detail)
      expect(problem).toEqual({
        loc: expect.any(Array) as [],
        msg: expect.any(String) as '',
        type: expect.any(String) as '',
      });
  });
});

describe('rotors refuse', () => {
  const cases: [string, string, string][] = [
    ['no name', 'name', '{}'],
    ['an empty name', 'name', '{"name": ""}'],
    ['a long name', 'name', JSON.stringify({ name: 'x'.repeat(101) })],
    ['a name with NUL', 'name', '{"name": "\\u0000"}'],
    ['a name that is half a surrogate pair', 'name', '{"name": "\\udc00"}'],
    ['a name that is a number', 'name', '{"name": 1}'],
    ...[
      '""',
      '"a b"',
      '"-x"',
      '"a;b"',
      '"$(id)"',
      '"a/b"',
      '"[::1]"',
      '"\\u0000"',
      '5',
      'null',
      '"a..b"',
    ].map((host): [string, string, string] => [`host ${host}`, 'host', `{"name": "n", "host": ${host}}`]),
    ['a long host', 'host', JSON.stringify({ name: 'n', host: 'a.'.repeat(127) })],
    ...['0', '65536', '-1', '4533.5', '"4533"', '1e999'].map((port): [string, string, string] => [
      `port ${port}`,
      'port',
      `{"name": "n", "port": ${port}}`,
    ]),
    [
      'min_elevation above max_elevation',
      'max_elevation',
      '{"name": "n", "min_elevation": 50, "max_elevation": 40}',
    ],
    ['az_min above az_max', 'az_max', '{"name": "n", "az_min": 100, "az_max": 100}'],
    ['too much travel', 'az_max', '{"name": "n", "az_min": -500, "az_max": 401}'],
    ['park outside the travel', 'park_az', '{"name": "n", "park_az": 451}'],
    ['no beam', 'beam_width_deg', '{"name": "n", "beam_width_deg": 0}'],
    ['a beam wider than half the sky', 'beam_width_deg', '{"name": "n", "beam_width_deg": 181}'],
    ['park below -90 deg', 'park_el', '{"name": "n", "park_el": -91}'],
    ['elevations beyond 180 deg', 'max_elevation', '{"name": "n", "max_elevation": 180.5}'],
    ['park beyond the zenith of a mount that ends there', 'park_el', '{"name": "n", "park_el": 91}'],
    [
      'park in a keep-out sector beyond the zenith',
      'park_az',
      '{"name": "n", "max_elevation": 180, "park_el": 170, "keep_out": [{"az_start": 170, "az_end": 190, "el_min": -10, "el_max": 20}]}',
    ],
    [
      'park in a keep-out sector',
      'park_az',
      '{"name": "n", "keep_out": [{"az_start": 350, "az_end": 10, "el_min": -10, "el_max": 20}]}',
    ],
    ['a mask with descending azimuths', 'horizon.1.0', '{"name": "n", "horizon": [[10, 5], [10, 6]]}'],
    ['a mask beyond north', 'horizon.0.0', '{"name": "n", "horizon": [[361, 5]]}'],
    [
      'a sector with el_min above el_max',
      'keep_out.0.el_max',
      '{"name": "n", "keep_out": [{"az_start": 0, "az_end": 10, "el_min": 20, "el_max": 20}]}',
    ],
    ['no tolerance', 'tolerance_deg', '{"name": "n", "tolerance_deg": 0}'],
    ['infinite settling', 'settle_ms', '{"name": "n", "settle_ms": 1e999}'],
    ['negative speed', 'az_speed_deg_s', '{"name": "n", "az_speed_deg_s": -6}'],
    ['no acceleration', 'el_acceleration_deg_s2', '{"name": "n", "el_acceleration_deg_s2": 0}'],
    ...['""', '"-d0"', '"roof;id"', '"$(id)"', '"a b"', '1', '"' + 'x'.repeat(33) + '"'].map(
      (receiver): [string, string, string] => [
        `receiver ${receiver}`,
        'receiver',
        `{"name": "n", "receiver": ${receiver}}`,
      ],
    ),
    [
      'a frequency correction out of range',
      'frequency_correction_ppm',
      '{"name": "n", "frequency_correction_ppm": 1001}',
    ],
    ['an unknown source', 'rssi_source', '{"name": "n", "rssi_source": "tv"}'],
    ['a number as a boolean', 'park_after_scan', '{"name": "n", "park_after_scan": 1}'],
    ['an unknown field', 'id', '{"name": "n", "id": 7}'],
  ];
  test.each(cases)('%s', async (title, field, body) => {
    const posted = await suite.refused('/api/rotors', { method: 'POST', body });
    expect([posted.status, locations(posted)]).toEqual([422, [`body.${field}`]]);
    if (title === 'no name') return;
    const idle = await idleRotor();
    const put = await suite.refused(`/api/rotors/${idle}`, { method: 'PUT', body });
    expect([put.status, locations(put)]).toEqual([422, [`body.${field}`]]);
  });

  test.each([
    ['{}', ['azimuth', 'elevation']],
    ['{"azimuth": "1", "elevation": 20}', ['azimuth']],
    ['{"azimuth": 1, "elevation": 1e999}', ['elevation']],
    ['{"azimuth": 1, "elevation": null}', ['elevation']],
    ['{"azimuth": 1, "elevation": 20, "speed": 3}', ['speed']],
  ])('to move to %s', async (body, fields) => {
    const answer = await suite.refused(`/api/rotors/${suite.rotorId}/move`, { method: 'POST', body });
    expect([answer.status, locations(answer)]).toEqual([422, fields.map((field) => `body.${field}`)]);
  });

  test.each(['[451, 20]', '[-181, 20]', '[0, 91]', '[0, 4.9]', '[1e300, 20]'])(
    'to move outside the limits: %s',
    async (pair) => {
      const [azimuth, elevation] = JSON.parse(pair) as number[];
      const answer = await suite.refused(`/api/rotors/${suite.rotorId}/move`, {
        method: 'POST',
        body: { azimuth, elevation },
      });
      expect(answer.status).toBe(400);
      expect((answer.body as { detail: string }).detail).toMatch(/ deg is outside .*\.\..* deg$/);
    },
  );
});

let idleId: number | undefined;
async function idleRotor(): Promise<number> {
  idleId ??= ((await suite.world.gateway.post('/api/rotors', { name: 'idle' })).body as { id: number }).id;
  return idleId;
}

describe('bodies', () => {
  const MALFORMED = [
    '',
    '{',
    '{"rotor_id": 1',
    'rotor_id=1',
    '\0',
    '{"rotor_id": 01}',
    '{"rotor_id": NaN}',
    '[1,]',
  ];
  test.each(MALFORMED)('%j is 422', async (body) => {
    for (const path of ['/api/skyscan/start', '/api/skyscan/preview', '/api/rotors']) {
      const answer = await suite.refused(path, { method: 'POST', body });
      expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
    }
  });

  test.each(['null', '1', '"text"', '[]', 'true'])('%s instead of an object is 422', async (body) => {
    const answer = await suite.refused('/api/skyscan/start', { method: 'POST', body });
    expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
  });

  test('a missing body is 422', async () => {
    const answer = await suite.refused('/api/skyscan/start', { method: 'POST' });
    expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
  });

  test('a body of 5 MB is 413', async () => {
    for (const path of ['/api/skyscan/start', '/api/rotors']) {
      const answer = await suite.refused(path, {
        method: 'POST',
        body: JSON.stringify({ name: 'x'.repeat(5_000_000) }),
      });
      expect(answer.status).toBe(413);
    }
  });

  test.each([
    ['text/plain', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['multipart/form-data; boundary=x', undefined],
    ['application/json; charset=iso-8859-1', undefined],
    ['application/json', 'gzip'],
    ['', undefined],
  ])('type %j with encoding %s is 415', async (type, encoding) => {
    const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
    const answer = await suite.refused('/api/skyscan/start', {
      method: 'POST',
      headers,
      body: '{"rotor_id": 1}',
    });
    expect(answer.status).toBe(415);
  });

  test('a deeply nested body is refused', async () => {
    const body = `{"rotor_id": 1, "notes": ${'['.repeat(7_000)}${']'.repeat(7_000)}}`;
    expect((await suite.refused('/api/skyscan/start', { method: 'POST', body })).status).toBe(422);
  });

  test('pause, resume, cancel, stop and park ignore their body', async () => {
    const { gateway } = suite.world;
    const answer = await gateway.request(`/api/skyscan/${suite.sessionId}/resume`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'whatever',
    });
    expect([answer.status, answer.body]).toEqual([
      400,
      { detail: "Cannot resume scan in 'running' state (must be paused)" },
    ]);
  });
});
