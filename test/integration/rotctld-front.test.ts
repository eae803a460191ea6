import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Health } from '#contract/rest/health';
import { freePort } from '#shared/runtime/free-port';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { exchange } from '../support/rotctl-exchange.ts';
import { startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { callApi, fastRotor, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';

const NAME = 'front';
let stack: TestStack;
/** The front of the rotor, and one of a rotor that does not exist. */
let port: number;
let strayPort: number;
let rotorId: number;

const position = async () => (await exchange(port, 'p\n')).trim().split('\n').map(Number);
const isAt = async (azimuth: number, elevation: number) => {
  const [az = NaN, el = NaN] = await position();
  return Math.abs(az - azimuth) < 0.5 && Math.abs(el - elevation) < 0.5;
};
const untilAt = (azimuth: number, elevation: number) =>
  until(`the rotor is at ${azimuth} ${elevation}`, () => isAt(azimuth, elevation));
const isMoving = async () => (await stack.simulator<{ moving: boolean }>('GET', '/state')).body.moving;

beforeAll(async () => {
  [port, strayPort] = [await freePort(), await freePort()];
  stack = await startTestStack({
    env: { ROTCTLD_FRONT: `rotor=1,port=${port};rotor=99,port=${strayPort}` },
  });
  const rotor = fastRotor(stack, {
    name: NAME,
    // Those of the dummy rotator of Hamlib.
    ...{ az_min: -180, az_max: 450, min_elevation: 0, max_elevation: 90 },
    keep_out: [{ az_start: 200, az_end: 220, el_min: 0, el_max: 90 }],
  });
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', rotor)).id;
  expect(rotorId).toBe(1);
});

afterAll(() => stack.stop());

describeWithPrograms(['rotctld'], "answers byte for byte like Hamlib's rotctld", () => {
  let real: RealRotctld;

  beforeAll(async () => {
    real = await startRealRotctld();
    await exchange(port, 'P 0 0\n');
    await untilAt(0, 0);
  });

  afterAll(() => real.kill());

  // Both rotators stay at 0, 0, and so does the park pointing.
  test.each([
    'p\n',
    '+p\n',
    'pp\n',
    'p\np\n',
    'p\r\n',
    ';p\n',
    '|p\n',
    '\\get_pos\n',
    '+\\get_pos\n',
    'P 0 0\n',
    '+P 0 0\n',
    '+P 0.0 .0\n',
    ';P 0 0\n',
    'P    0.00    0.00\n',
    'P\n0\n0\n',
    '\\set_pos 0 0\n',
    '+\\set_pos 0\n0\n',
    'P abc 2\n',
    '+P abc 2\n',
    'P 500 0\n',
    '+P 500 0\n',
    'P -180.1 0\n',
    'P 0 90.01\n',
    '+P 0 -1\n',
    'P inf 0\n',
    'S\n',
    '+S\n',
    '\\stop\n',
    'K\n',
    '+K\n',
    '\\park\n',
    '+\\park\n',
    '_\n',
    '+_\n',
    '\\get_info\n',
    '+\\get_info\n',
    '\\dump_state\n',
    '+\\dump_state\n',
    'z\n',
    '\\foo\np\n',
    '\n\n\n',
    '#p\np\n',
    'q',
    'pQ',
  ])('to %j', async (input) => {
    const [ours, theirs] = await Promise.all([exchange(port, input), exchange(real.port, input)]);
    expect(ours.replaceAll(NAME, 'Dummy rotator')).toBe(theirs);
  });

  test('of a command that it does not have, it reads the arguments and reports RIG_ENAVAIL', async () => {
    expect(await exchange(port, 'R 1\n+M 8 10\n\\set_level SPEED 3\nV x 1 p\n')).toBe(
      'RPRT -11\nmove: 8 10\nRPRT -11\nRPRT -11\nRPRT -11\n0.00\n0.00\n',
    );
  });
});

describeWithPrograms(['rotctl'], 'the real rotctl', () => {
  const run = promisify(execFile);
  const rotctl = async (...args: string[]) => {
    const command = ['-m', '2', '-r', `127.0.0.1:${port}`, ...args];
    return (await run(findProgram('rotctl') ?? 'rotctl', command, { timeout: 60_000 })).stdout;
  };

  test('moves the rotor, which arrives although rotctl disconnects at once', async () => {
    await rotctl('P', '90', '30');
    await untilAt(90, 30);
    expect((await rotctl('p')).trim().split('\n').map(Number)).toEqual([
      expect.closeTo(90, 0),
      expect.closeTo(30, 0),
    ]);
  });

  test('reads the name and parks', async () => {
    expect(await rotctl('_')).toContain(NAME);
    await rotctl('K');
    await untilAt(0, 0);
  });

  test('reports a target in a keep-out sector as an invalid parameter', async () => {
    expect(
      await rotctl('P', '210', '30').catch((error: unknown) => (error as { stdout: string }).stdout),
    ).toContain('Invalid parameter');
    expect(await isAt(0, 0)).toBe(true);
  });
});

describe('gpredict', () => {
  test('tracks: sets and reads over one connection, each target replaces the one before', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    const ask = async (command: string) => {
      socket.write(command);
      return String((await once(socket, 'data'))[0]);
    };
    for (let step = 0; step <= 20; step++) {
      // One answer, one packet: gpredict reads once for each command.
      expect(await ask(`P ${(20 + step * 4).toFixed(2)} ${(10 + step).toFixed(2)}\n`)).toBe('RPRT 0\n');
      expect(await ask('p\n')).toMatch(/^-?\d+\.\d\d\n-?\d+\.\d\d\n$/);
    }
    await untilAt(100, 30);
    socket.write('q\n');
    await once(socket, 'close');
  });
});

describe('a scan', () => {
  let scan: PublishedSession;

  beforeAll(async () => {
    scan = await callApi(stack, 'POST', '/api/skyscan/start', {
      rotor_id: rotorId,
      ...{ az_start: 0, az_end: 180, el_start: 10, el_end: 80, step_deg: 5, rssi_iterations: 20 },
    });
    await until(
      'points',
      async () =>
        (await callApi<PublishedSession>(stack, 'GET', `/api/skyscan/${scan.id}`)).completed_points > 0,
    );
  });

  test('refuses moves with RIG_ERJCTED and answers reads', async () => {
    expect(await exchange(port, 'P 10 10\n+P 10 10\nK\n')).toBe(
      'RPRT -9\nset_pos: 10 10\nRPRT -9\nRPRT -9\n',
    );
    expect(await exchange(port, 'p\n')).toMatch(/^\d+\.\d\d\n\d+\.\d\d\n$/);
    expect(await exchange(port, '_\n')).toBe(`${NAME}\n`);
    expect((await untilRunning()).status).toBe('running');
  });

  test('is paused by S, like by the stop of the API', async () => {
    expect(await exchange(port, 'S\n')).toBe('RPRT 0\n');
    await untilStatus(stack, scan.id, 'paused');
    expect(await isMoving()).toBe(false);
    await callApi(stack, 'POST', `/api/skyscan/${scan.id}/cancel`);
    await untilStatus(stack, scan.id, 'cancelled');
  });

  const untilRunning = () => callApi<PublishedSession>(stack, 'GET', `/api/skyscan/${scan.id}`);
});

describe('clients that are no rotctl', () => {
  const send = async (bytes: string | Buffer) => {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(bytes);
    let received = '';
    socket.on('data', (piece: Buffer) => (received += String(piece)));
    await once(socket, 'close');
    return received;
  };

  test.each([
    ['a request of a web page', 'POST / HTTP/1.1\r\nHost: x\r\n\r\nP 90 45\n'],
    ['a request with commands in its path', 'GET /?K HTTP/1.1\r\nKeep-Alive: 1\r\n\r\n'],
    ['a TLS handshake', Buffer.from('16030100c8010000c40303K S K', 'latin1').fill(0x16, 0, 1)],
    ['a command without an end', `P ${'1'.repeat(2_000)}`],
  ])('%s moves nothing and is disconnected', async (_, bytes) => {
    const before = await position();
    expect(await send(bytes)).toBe('');
    expect(await position()).toEqual(before);
  });

  test('beyond 16 are refused, those before them are served', async () => {
    const clients: Socket[] = [];
    for (let i = 0; i < 16; i++) {
      const socket = connect({ port, host: '127.0.0.1' });
      clients.push(socket);
      socket.write('_\n');
      await once(socket, 'data');
    }
    const late = connect({ port, host: '127.0.0.1' });
    late.on('error', () => undefined);
    await once(late, 'close');
    const [first] = clients as [Socket];
    first.write('_\n');
    expect(String((await once(first, 'data'))[0])).toBe(`${NAME}\n`);
    for (const client of clients) client.destroy();
    await until('a client is served again', () => exchange(port, '_\n').catch(() => undefined));
  });
});

test('numbers that are not numbers as a whole are refused', async () => {
  expect(await exchange(port, 'P 10,5 20\nP nan 20\nP 0x10 20\nP 10abc 20\n')).toBe('RPRT -1\n'.repeat(4));
});

test('a rotor that does not exist is reported in the log, in /health and by every command', async () => {
  const { dependencies, states } = await callApi<Health>(stack, 'GET', '/health');
  expect(states['rotctld_front']).toBe('impaired');
  expect(dependencies['rotctld_front']).toBe('ROTCTLD_FRONT: rotor 99 does not exist');
  expect(stack.log('api-gateway')).toContain(`rotor 99 does not exist, its port ${strayPort} refuses`);
  const client = connect({ port: strayPort, host: '127.0.0.1' });
  client.write('p\n+P 1 2\n');
  expect(String((await once(client, 'data'))[0])).toContain('RPRT -2\n');
  client.destroy();
});

describe('the start of the gateway', () => {
  let world: GatewayWorld;
  beforeAll(async () => void (world = await createGatewayWorld()));
  afterAll(() => world.close());

  test('fails with a sentence when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: taken } = server.address() as { port: number };
    await expect(world.startGateway({ ROTCTLD_FRONT: `rotor=1,port=${taken}` })).rejects.toThrow(
      `port ${taken} on 127.0.0.1 is in use; choose another with ROTCTLD_FRONT`,
    );
    server.close();
  });

  test.each([
    ['rotor=1,port=4633;rotor=1,port=4634', 'ROTCTLD_FRONT: rotor 1 is given twice'],
    ['rotor=1,port=4633,host=0.0.0.0', 'ROTCTLD_FRONT: host=0.0.0.0 can be reached from other machines'],
  ])('refuses %s', async (text, message) => {
    await expect(world.startGateway({ ROTCTLD_FRONT: text })).rejects.toThrow(message);
  });
});
