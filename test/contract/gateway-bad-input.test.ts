import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PointMessage } from '#shared/mqtt-messages';
import {
  createGatewayWorld,
  type Answer,
  type GatewayWorld,
  type RequestOptions,
} from '../support/gateway-harness.ts';
import { openSocket, upgradeStatus } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';

const SMALL = { az_start: 0, az_end: 4, el_start: 10, el_end: 12, step_deg: 2, rssi_iterations: 3 };

let world: GatewayWorld;
let rotorId: number;
let sessionId: number;

beforeAll(async () => {
  world = await createGatewayWorld();
  rotorId = ((await world.gateway.post('/api/rotors', { name: 'rotor' })).body as { id: number }).id;
  const started = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId, ...SMALL });
  sessionId = (started.body as { id: number }).id;
  await world.publish(
    `skyscan/sessions/${sessionId}/status`,
    world.orchestrator.become(sessionId, 'running'),
  );
  await world.publish(`skyscan/sessions/${sessionId}/points`, world.orchestrator.measure(sessionId));
  await until('one point', async () => (await everything()).includes('"completed_points":1'));
});
afterAll(() => world.close());

/** All that REST shows of rotors, sessions and points. */
async function everything(): Promise<string> {
  const paths = ['/api/rotors', '/api/skyscan/sessions', `/api/skyscan/${sessionId}/measurements`];
  const answers = await Promise.all(paths.map((path) => world.gateway.get(path)));
  for (const answer of answers) expect(answer.status).toBe(200);
  return answers.map(({ text }) => text).join('\n');
}

/** Runs a request that must be refused: nothing is created, nothing moves, the next request works. */
async function refused(path: string, options: RequestOptions): Promise<Answer> {
  const { driver, orchestrator, gateway } = world;
  const before = await everything();
  const moved = driver.calls.length;
  const sessions = orchestrator.sessions.size;
  const answer = await gateway.request(path, options);
  expect(Object.keys(answer.body as object)).toEqual(['detail']);
  expect(answer.text).not.toMatch(/at .*\.(ts|js):\d+|node_modules|Error:/);
  expect(await everything()).toBe(before);
  expect([driver.calls.length, orchestrator.sessions.size]).toEqual([moved, sessions]);
  return answer;
}

function locations(answer: Answer): string[] {
  return (answer.body as { detail: { loc: (string | number)[] }[] }).detail.map(({ loc }) => loc.join('.'));
}

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
      const answer = await refused(path, { method: 'POST', body });
      expect(answer.status).toBe(422);
      expect(locations(answer)).toEqual([`body.${field}`]);
    }
  });

  test('everything that is wrong at once', async () => {
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
    const answer = await refused('/api/skyscan/start', { method: 'POST', body });
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
    ['park below the horizon of the earth', 'park_el', '{"name": "n", "park_el": -91}'],
    ['no tolerance', 'tolerance_deg', '{"name": "n", "tolerance_deg": 0}'],
    ['infinite settling', 'settle_ms', '{"name": "n", "settle_ms": 1e999}'],
    ['negative speed', 'az_speed_deg_s', '{"name": "n", "az_speed_deg_s": -6}'],
    ['no acceleration', 'el_acceleration_deg_s2', '{"name": "n", "el_acceleration_deg_s2": 0}'],
    ['an unknown source', 'rssi_source', '{"name": "n", "rssi_source": "tv"}'],
    ['a number for a truth', 'park_after_scan', '{"name": "n", "park_after_scan": 1}'],
    ['an unknown field', 'id', '{"name": "n", "id": 7}'],
  ];
  test.each(cases)('%s', async (title, field, body) => {
    const posted = await refused('/api/rotors', { method: 'POST', body });
    expect([posted.status, locations(posted)]).toEqual([422, [`body.${field}`]]);
    if (title === 'no name') return;
    const idle = await idleRotor();
    const put = await refused(`/api/rotors/${idle}`, { method: 'PUT', body });
    expect([put.status, locations(put)]).toEqual([422, [`body.${field}`]]);
  });

  test.each([
    ['{}', ['azimuth', 'elevation']],
    ['{"azimuth": "1", "elevation": 20}', ['azimuth']],
    ['{"azimuth": 1, "elevation": 1e999}', ['elevation']],
    ['{"azimuth": 1, "elevation": null}', ['elevation']],
    ['{"azimuth": 1, "elevation": 20, "speed": 3}', ['speed']],
  ])('to move to %s', async (body, fields) => {
    const answer = await refused(`/api/rotors/${rotorId}/move`, { method: 'POST', body });
    expect([answer.status, locations(answer)]).toEqual([422, fields.map((field) => `body.${field}`)]);
  });

  test.each(['[451, 20]', '[-181, 20]', '[0, 91]', '[0, 4.9]', '[1e300, 20]'])(
    'to move outside: %s',
    async (pair) => {
      const [azimuth, elevation] = JSON.parse(pair) as number[];
      const answer = await refused(`/api/rotors/${rotorId}/move`, {
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
  idleId ??= ((await world.gateway.post('/api/rotors', { name: 'idle' })).body as { id: number }).id;
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
      const answer = await refused(path, { method: 'POST', body });
      expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
    }
  });

  test.each(['null', '1', '"text"', '[]', 'true'])('%s instead of an object is 422', async (body) => {
    const answer = await refused('/api/skyscan/start', { method: 'POST', body });
    expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
  });

  test('none at all is 422', async () => {
    const answer = await refused('/api/skyscan/start', { method: 'POST' });
    expect([answer.status, locations(answer)]).toEqual([422, ['body']]);
  });

  test('5 MB are 413', async () => {
    for (const path of ['/api/skyscan/start', '/api/rotors']) {
      const answer = await refused(path, {
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
  ])('of type %j, encoded %s, are 415', async (type, encoding) => {
    const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
    const answer = await refused('/api/skyscan/start', { method: 'POST', headers, body: '{"rotor_id": 1}' });
    expect(answer.status).toBe(415);
  });

  test('a deeply nested one is refused', async () => {
    const body = `{"rotor_id": 1, "notes": ${'['.repeat(7_000)}${']'.repeat(7_000)}}`;
    expect((await refused('/api/skyscan/start', { method: 'POST', body })).status).toBe(422);
  });

  test('pause, resume, cancel, stop and park need none and take any', async () => {
    const { gateway } = world;
    const answer = await gateway.request(`/api/skyscan/${sessionId}/resume`, {
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

const NO_IDS = [
  '0',
  '-1',
  '1.5',
  'abc',
  '1e3',
  '01',
  '+1',
  '%31%30%30%30%30',
  '2147483648',
  '99999999999999999999',
];
const STRANGE_IDS = [
  '%zz',
  '%00',
  '%ff',
  '..%2f1',
  'null',
  'undefined',
  'NaN',
  '__proto__',
  "1'--",
  '%F0%9F%93%A1',
  ' 1',
];

describe('ids that are none', () => {
  test.each([...NO_IDS, ...STRANGE_IDS.map((id) => id.replace(' ', '%20')), '7'.repeat(3_000), '999999'])(
    '%s',
    async (id) => {
      const gets = ['', '/data', '/measurements'].map(
        (leaf) => ['GET', `/api/skyscan/${id}${leaf}`] as const,
      );
      const posts = ['pause', 'resume', 'cancel'].map(
        (leaf) => ['POST', `/api/skyscan/${id}/${leaf}`] as const,
      );
      for (const [method, path] of [...gets, ...posts]) {
        const answer = await refused(path, { method });
        expect([answer.status, answer.body]).toEqual([404, { detail: 'Scan session not found' }]);
      }
      const rotorPaths = [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/test'],
        ['GET', '/position'],
        ['POST', '/stop'],
        ['POST', '/park'],
      ];
      for (const [method = '', leaf = ''] of rotorPaths) {
        const answer = await refused(`/api/rotors/${id}${leaf}`, { method });
        expect([answer.status, answer.body]).toEqual([404, { detail: 'Rotor not found' }]);
      }
    },
  );
});

describe('queries', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit[a]=1&limit=x', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=99999999999', 'offset'],
    ['status=failed', 'status'],
    ['status=running&status=paused', 'status'],
    ['rotor_id=abc', 'rotor_id'],
    ['rotor_id=0', 'rotor_id'],
    ['rotor_id=%00', 'rotor_id'],
    ['rotor_id=2147483648', 'rotor_id'],
  ])('sessions?%s', async (query, field) => {
    const answer = await refused(`/api/skyscan/sessions?${query}`, {});
    expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
  });

  test.each([
    ['format=xml', 'format'],
    ['after_seq=-1', 'after_seq'],
    ['after_seq=1&after_seq=2', 'after_seq'],
    ['limit=0', 'limit'],
    ['limit=1e3', 'limit'],
  ])('measurements?%s', async (query, field) => {
    const answer = await refused(`/api/skyscan/${sessionId}/measurements?${query}`, {});
    expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
  });

  test('a format that does not exist is 406', async () => {
    const answer = await refused(`/api/skyscan/${sessionId}/measurements`, {
      headers: { accept: 'image/png' },
    });
    expect(answer.status).toBe(406);
  });
});

describe('paths and methods', () => {
  test.each([
    '/nothing',
    '/api',
    '/api/skyscan',
    '/api/skyscan/1/nothing',
    '/%zz',
    '/API/rotors',
    '/ws/skyscan/1',
  ])('%s is not found', async (path) => {
    const answer = await refused(path, {});
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Not Found' }]);
  });

  test.each([
    ['GET', '/api/skyscan/start', 'POST'],
    ['GET', '/api/skyscan/preview', 'POST'],
    ['DELETE', '/api/skyscan/sessions', 'GET, HEAD'],
    ['PATCH', '/api/rotors/1', 'GET, PUT, DELETE, HEAD'],
    ['OPTIONS', '/api/rotors', 'GET, POST, HEAD'],
    ['GET', '/api/skyscan/1/pause', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
  ])('%s %s is not allowed', async (method, path, allow) => {
    const answer = await refused(path, { method });
    expect([answer.status, answer.body]).toEqual([405, { detail: 'Method Not Allowed' }]);
    expect(answer.headers['allow']).toBe(allow);
  });

  test('headers above 16 kB are 431', async () => {
    const answer = await refused('/api/rotors', { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  test.each(['GET / HTTP/1.1\r\n\r\n', 'nonsense\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0\0\0\0\r\n\r\n'])(
    'raw bytes %j get a 4xx and nothing else breaks',
    async (bytes) => {
      const socket = connect(world.gateway.port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.write(bytes);
      await until('an answer', () => text.length > 0);
      socket.destroy();
      expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
      await everything();
    },
  );
});

describe('strangers', () => {
  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@localhost',
    '[',
    '192.168.1.7',
  ])('Host %j is 403', async (host) => {
    const answer = await refused('/api/rotors', { headers: { host } });
    expect([answer.status, answer.body]).toEqual([403, { detail: 'Host is not allowed; see ALLOWED_HOSTS' }]);
  });

  test.each(['http://evil.example', 'null', 'https://localhost', 'http://localhost:1', 'file://', 'garbage'])(
    'Origin %s cannot cancel a scan',
    async (origin) => {
      const answer = await refused(`/api/skyscan/${sessionId}/cancel`, {
        method: 'POST',
        headers: { origin },
      });
      expect([answer.status, answer.body]).toEqual([
        403,
        { detail: 'Origin is not allowed; see ALLOWED_ORIGINS' },
      ]);
      expect(await upgradeStatus(`${world.gateway.wsUrl}/ws/skyscan/${sessionId}`, { origin })).toBe(403);
    },
  );

  test('our own pages may', async () => {
    const host = `localhost:${world.gateway.port}`;
    const answer = await world.gateway.request('/api/rotors', {
      headers: { host, origin: `http://${host}` },
    });
    expect(answer.status).toBe(200);
  });
});

describe('WebSocket', () => {
  const url = (path: string) => `${world.gateway.wsUrl}${path}`;

  test.each([
    ['/', 404],
    ['/ws', 404],
    ['/ws/skyscan', 404],
    ['/ws/skyscan/', 404],
    ['/ws/skyscan/abc', 404],
    ['/ws/skyscan/-1', 404],
    ['/ws/skyscan/0', 404],
    ['/ws/skyscan/1.5', 404],
    ['/ws/skyscan/%zz', 404],
    ['/ws/skyscan/%00', 404],
    ['/ws/skyscan/1/2', 404],
    ['/ws/other/1', 404],
    ['/ws/skyscan/1?after=x', 400],
    ['/ws/skyscan/1?after=-1', 400],
    ['/ws/skyscan/1?after=1&after=2', 400],
    ['/ws/skyscan/1?detail=all', 400],
    ['/ws/skyscan/1?after=99999999999999', 400],
  ])('%s is refused with %d', async (path, status) => {
    expect(await upgradeStatus(url(path))).toBe(status);
  });

  test.each(['999999', '2147483648', '9'.repeat(19)])('session %s is unknown: 4404', async (id) => {
    const socket = await openSocket(url(`/ws/skyscan/${id}`));
    expect(await socket.closed).toEqual({ code: 4404, reason: 'Scan session not found' });
    expect(socket.messages).toEqual([]);
  });

  test('small frames are ignored, large ones close with 1009', async () => {
    const socket = await openSocket(url(`/ws/skyscan/${sessionId}`));
    for (const frame of ['{', '{"status":"cancelled"}', Buffer.from([0, 255, 0]), '']) socket.send(frame);
    await until('the status', () => socket.messages.length === 1);
    socket.send('x'.repeat(5_000));
    expect((await socket.closed).code).toBe(1009);
    await everything();
  });

  test('bytes that are no frame close the socket', async () => {
    const socket = connect(world.gateway.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `GET /ws/skyscan/${sessionId} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await until('the upgrade', () => text.startsWith('HTTP/1.1 101 '));
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await closed;
    await everything();
  });
});

describe('forged MQTT messages', () => {
  const NEXT = 2;
  function forge(change: (message: PointMessage) => unknown): () => unknown {
    return () => {
      const { orchestrator } = world;
      const session = orchestrator.sessions.get(sessionId);
      if (!session) throw new Error('the session is gone');
      const kept = { journal: [...session.journal], completed: session.completed };
      const message = orchestrator.measure(sessionId);
      Object.assign(session, kept);
      return change(message);
    };
  }
  const measured = (change: object) => forge((m) => ({ ...m, measurement: { ...m.measurement, ...change } }));

  const forgeries: [string, string, () => unknown][] = [
    ['no JSON', 'points', () => '{'],
    ['nothing', 'points', () => ''],
    ['bytes', 'points', () => Buffer.from([0xff, 0x00, 0xfe])],
    ['null', 'points', () => 'null'],
    ['an array', 'points', () => '[]'],
    ['a status as a point', 'points', forge((m) => ({ ...m, point: null }))],
    ['100 kB', 'points', forge((m) => ({ ...m, padding: 'x'.repeat(100_000) }))],
    ['another session', 'points', forge((m) => ({ ...m, session_id: sessionId + 1 }))],
    ['two seqs', 'points', forge((m) => ({ ...m, seq: NEXT + 1 }))],
    [
      'a seq beyond the grid',
      'points',
      forge((m) => ({ ...m, seq: 7, measurement: { ...m.measurement, seq: 7 } })),
    ],
    [
      'a seq after a gap',
      'points',
      forge((m) => ({ ...m, seq: 5, measurement: { ...m.measurement, seq: 5 } })),
    ],
    ['seq 0', 'points', forge((m) => ({ ...m, seq: 0, measurement: { ...m.measurement, seq: 0 } }))],
    ['a row beyond the grid', 'points', measured({ row: 2 })],
    ['a column beyond the grid', 'points', measured({ column: 3 })],
    ['a huge row', 'points', measured({ row: 4294967295 })],
    ['a setpoint that is not its cell', 'points', measured({ setpoint: { azimuth: 4, elevation: 10 } })],
    ['a readback that is nowhere', 'points', measured({ readback: { azimuth: 1e300, elevation: 0 } })],
    ['a level beyond reason', 'points', measured({ mean_dbm: 1e300 })],
    ['too many reads', 'points', measured({ reads: 4294967295 })],
    ['a flag with a comma', 'points', measured({ flags: ['a,b'] })],
    ['a flag with NUL', 'points', measured({ flags: ['\0'] })],
    ['the year 0', 'points', measured({ measured_at: '0000-01-01T00:00:00Z' })],
    ['text for a number', 'points', measured({ mean_dbm: '-90' })],
    [
      'a cell that is measured already',
      'points',
      measured({ row: 0, column: 0, setpoint: { azimuth: 0, elevation: 10 } }),
    ],
    ['a status that is none', 'status', () => status({ status: 'failed' })],
    ['completed with points missing', 'status', () => status({ status: 'completed', completed: 1 })],
    ['more points than the grid has', 'status', () => status({ completed: 7 })],
    ['another total', 'status', () => status({ total: 5 })],
    ['notes with NUL', 'status', () => status({ notes: '\0' })],
    [
      'a finish before the beginning of time',
      'status',
      () => status({ finished_at: '0000-01-01T00:00:00Z' }),
    ],
  ];
  const status = (change: object) => ({
    session_id: sessionId,
    status: 'paused',
    point: null,
    progress_pct: 0,
    completed: 1,
    total: 6,
    revision: 4_000_000_000,
    notes: null,
    started_at: null,
    finished_at: null,
    eta: null,
    ...change,
  });

  test.each(forgeries)('%s', async (_, leaf, payload) => {
    const before = await everything();
    await world.publish(`skyscan/sessions/${sessionId}/${leaf}`, payload());
    await flush();
    expect(await everything()).toBe(before);
  });

  test.each(['0', '999999', '4294967295', '9999999999', 'x'])('a point of session %s', async (id) => {
    const before = await everything();
    await world.publish(`skyscan/sessions/${id}/points`, forge((m) => m)());
    await flush();
    expect(await everything()).toBe(before);
  });

  test('are counted', async () => {
    const { text } = await world.gateway.get('/metrics');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="not a point"}');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="off the plan"}');
  });

  /** A point that is stored already, sent last, has been looked at when its session is asked for: messages come in order. */
  async function flush(): Promise<void> {
    const counted = async () =>
      /mqtt_messages_known_total (\d+)/.exec((await world.gateway.get('/metrics')).text)?.[1];
    const before = await counted();
    await world.publish(`skyscan/sessions/${sessionId}/points`, forgeFirst());
    await until('the message after it', async () => (await counted()) !== before);
  }

  function forgeFirst(): PointMessage {
    const { orchestrator } = world;
    const session = orchestrator.sessions.get(sessionId);
    if (!session) throw new Error('the session is gone');
    const kept = { journal: [...session.journal], completed: session.completed };
    session.completed = 0;
    const message = orchestrator.measure(sessionId);
    Object.assign(session, kept);
    return message;
  }
});
