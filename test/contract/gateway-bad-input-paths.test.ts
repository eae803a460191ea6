import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';
import { openSocket, upgradeStatus } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

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

describe('invalid ids', () => {
  test.each([...NO_IDS, ...STRANGE_IDS.map((id) => id.replace(' ', '%20')), '7'.repeat(3_000), '999999'])(
    '%s is refused',
    async (id) => {
      const gets = ['', '/data', '/measurements', '/plan'].map(
        (leaf) => ['GET', `/api/skyscan/${id}${leaf}`] as const,
      );
      const posts = ['pause', 'resume', 'cancel'].map(
        (leaf) => ['POST', `/api/skyscan/${id}/${leaf}`] as const,
      );
      for (const [method, path] of [...gets, ...posts]) {
        const answer = await suite.refused(path, { method });
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
        const answer = await suite.refused(`/api/rotors/${id}${leaf}`, { method });
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
  ])('sessions?%s is refused', async (query, field) => {
    const answer = await suite.refused(`/api/skyscan/sessions?${query}`, {});
    expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
  });

  test.each([
    ['format=xml', 'format'],
    ['after_seq=-1', 'after_seq'],
    ['after_seq=1&after_seq=2', 'after_seq'],
    ['limit=0', 'limit'],
    ['limit=1e3', 'limit'],
  ])('measurements?%s is refused', async (query, field) => {
    const answer = await suite.refused(`/api/skyscan/${suite.sessionId}/measurements?${query}`, {});
    expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
  });

  test('an unknown format is 406', async () => {
    const answer = await suite.refused(`/api/skyscan/${suite.sessionId}/measurements`, {
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
    const answer = await suite.refused(path, {});
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
    const answer = await suite.refused(path, { method });
    expect([answer.status, answer.body]).toEqual([405, { detail: 'Method Not Allowed' }]);
    expect(answer.headers['allow']).toBe(allow);
  });

  test('headers above 16 kB are 431', async () => {
    const answer = await suite.refused('/api/rotors', { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  test.each(['GET / HTTP/1.1\r\n\r\n', 'nonsense\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0\0\0\0\r\n\r\n'])(
    'raw bytes %j get a 4xx and nothing else breaks',
    async (bytes) => {
      const socket = connect(suite.world.gateway.port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.write(bytes);
      await until('an answer', () => text.length > 0);
      socket.destroy();
      expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
      await suite.everything();
    },
  );
});

describe('foreign hosts and origins', () => {
  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@localhost',
    '[',
    '192.168.1.7',
  ])('Host %j is 403', async (host) => {
    const answer = await suite.refused('/api/rotors', { headers: { host } });
    expect([answer.status, answer.body]).toEqual([403, { detail: 'Host is not allowed; see ALLOWED_HOSTS' }]);
  });

  test.each(['http://evil.example', 'null', 'https://localhost', 'http://localhost:1', 'file://', 'garbage'])(
    'Origin %s cannot cancel a scan',
    async (origin) => {
      const answer = await suite.refused(`/api/skyscan/${suite.sessionId}/cancel`, {
        method: 'POST',
        headers: { origin },
      });
      expect([answer.status, answer.body]).toEqual([
        403,
        { detail: expect.stringMatching(/^Origin is not allowed; see ALLOWED_ORIGINS( \(http|$)/) as string },
      ]);
      expect(
        await upgradeStatus(`${suite.world.gateway.wsUrl}/ws/skyscan/${suite.sessionId}`, { origin }),
      ).toBe(403);
    },
  );

  test('pages of the gateway itself are allowed', async () => {
    const host = `localhost:${suite.world.gateway.port}`;
    const answer = await suite.world.gateway.request('/api/rotors', {
      headers: { host, origin: `http://${host}` },
    });
    expect(answer.status).toBe(200);
  });
});

describe('WebSocket', () => {
  const url = (path: string) => `${suite.world.gateway.wsUrl}${path}`;

  test.each([
    ['/', 404],
    ['/ws', 404],
    ['/ws/skyscan', 404],
    ['/ws/skyscan/', 404],
    ['/ws/skyscan/1/2', 404],
    ['/ws/other/1', 404],
    ['/ws/rotors', 404],
    ['/ws/rotors/1/2', 404],
    ['/ws/rotors/1?a=1&a=2', 400],
    ['/ws/skyscan/1?after=x', 400],
    ['/ws/skyscan/1?after=-1', 400],
    ['/ws/skyscan/1?after=1&after=2', 400],
    ['/ws/skyscan/1?detail=all', 400],
    ['/ws/skyscan/1?after=99999999999999', 400],
  ])('%s is refused with %d', async (path, status) => {
    expect(await upgradeStatus(url(path))).toBe(status);
  });

  test.each(['999999', '2147483648', '9'.repeat(40), 'abc', '-1', '0', '1.5', '%zz', '%00'])(
    'session %s is unknown: 4404',
    async (id) => {
      const socket = await openSocket(url(`/ws/skyscan/${id}`));
      expect(await socket.closed).toEqual({ code: 4404, reason: 'Scan session not found' });
      expect(socket.messages).toEqual([]);
    },
  );

  test('small frames are ignored, large ones close with 1009', async () => {
    const socket = await openSocket(url(`/ws/skyscan/${suite.sessionId}`));
    for (const frame of ['{', '{"status":"cancelled"}', Buffer.from([0, 255, 0]), '']) socket.send(frame);
    await until('the status', () => socket.messages.length === 1);
    socket.send('x'.repeat(5_000));
    expect((await socket.closed).code).toBe(1009);
    await suite.everything();
  });

  test('bytes that are not a frame close the socket', async () => {
    const socket = connect(suite.world.gateway.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `GET /ws/skyscan/${suite.sessionId} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await until('the upgrade', () => text.startsWith('HTTP/1.1 101 '));
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await closed;
    await suite.everything();
  });
});
