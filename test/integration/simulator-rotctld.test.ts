import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { exchange } from '../support/rotctl-exchange.ts';
import { startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { until } from '../support/until.ts';

let observatory: TestObservatory;

beforeAll(async () => {
  observatory = await startObservatory();
});

afterAll(() => observatory.close());

afterEach(() =>
  observatory.faults({ stall: false, jump_deg: 0, rotctld_silent: false, rotctld_refuse: false }),
);

describeWithPrograms(['rotctld'], "replies byte for byte like Hamlib's rotctld", () => {
  let real: RealRotctld;

  beforeAll(async () => {
    real = await startRealRotctld();
    await exchange(observatory.rotctldPort, 'P 0 0\n');
    await until('the simulated rotator is at 0, 0', async () => !(await observatory.state()).moving);
  });

  afterAll(() => real.kill());

  // Both rotators stay at 0, 0.
  test.each([
    'p\n',
    '+p\n',
    'pp\n',
    'p p\n',
    'p\np\n',
    'p\r\n',
    '+p\r\n',
    ';p\n',
    '|p\n',
    ',p\n',
    '-p\n',
    '+;p\n',
    ';+p\n',
    '+ p\n',
    '+\np\n',
    '+p+p\n',
    '\\get_pos\n',
    '+\\get_pos\n',
    '\\get_pos;p\n',
    '\\get_pos p\n',
    'P 0 0\n',
    '+P 0 0\n',
    '+P 0.0 .0\n',
    ';P 0 0\n',
    'P\n0\n0\n',
    'P  0\t 0 p\n',
    '+\\set_pos 0\n0\n',
    'P 0,5\n0\n \nP 0 0\n',
    'P 0abc 0\n',
    'P abc 2\n',
    '+P abc 2\n',
    'P 500 0\n',
    '+P 500 0\n',
    'P -180.1 0\n',
    'P 0 90.01\n',
    '+P 0 -1\n',
    'P inf 0\n',
    ';P 999 0\n',
    'S\n',
    '+S\n',
    ';S\n',
    'S\nS\n',
    '\\stop\n',
    'K\n',
    '+K\n',
    '\\park\n',
    '_\n',
    '+_\n',
    ';_\n',
    '\\get_info\n',
    '+_p\n',
    '\\dump_state\n',
    '+\\dump_state\n',
    ';\\dump_state\n',
    'z\n',
    '+z\n',
    'zz\np\n',
    '+zz\n+p\n',
    '\\foo\np\n',
    '+\\PARK\np\n',
    '+\\dump_stat\np\n',
    '+\\\np\n',
    '\n\n\n',
    '#p\np\n',
    '\x00p\n',
    '+K\n+p\n',
    'q',
    'pQ',
  ])('to %j', async (input) => {
    const [ours, theirs] = await Promise.all([
      exchange(observatory.rotctldPort, input),
      exchange(real.port, input),
    ]);
    expect(ours.replaceAll('Simulated observatory', 'Dummy rotator')).toBe(theirs);
  });

  test.each(['\\dump_caps\n', '+\\dump_caps\n', '1\n'])('to %j, for the common properties', async (input) => {
    const [ours, theirs] = await Promise.all([
      exchange(observatory.rotctldPort, input),
      exchange(real.port, input),
    ]);
    const lines = theirs.split('\n');
    const same =
      /^(dump_caps:|Caps dump|Rot type|Port type|(Min|Max) (Az|El)|Can (set|get) Pos|Can (Stop|Park)|RPRT)/;
    expect(ours.split('\n').filter((line) => same.test(line))).toEqual(
      lines.filter((line) => same.test(line)),
    );
    expect(ours).toContain('Model name:\t\tSimulated observatory\n');
  });
});

describe('the simulated rotctld', () => {
  const isAt = async (azimuth: number, elevation: number) => {
    const { readback } = await observatory.state();
    return readback.azimuth === azimuth && readback.elevation === elevation;
  };

  test('moves for every client, and all clients see the position', async () => {
    expect(await exchange(observatory.rotctldPort, '+P 123.4 45.6\n')).toBe('set_pos: 123.4 45.6\nRPRT 0\n');
    await until('arrival', () => isAt(123.4, 45.6));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => exchange(observatory.rotctldPort, 'p\n')),
    );
    expect(new Set(answers)).toEqual(new Set(['123.40\n45.60\n']));
    const { commands, limits_crossed } = await observatory.state();
    expect(commands.at(-1)).toMatchObject({ command: 'P 123.4 45.6', accepted: true });
    expect(limits_crossed).toBe(0);
  });

  test('disconnects only the client that sends an endless command', async () => {
    const socket = connect(observatory.rotctldPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`P ${'1'.repeat(20_000)}`);
    await once(socket, 'close');
    expect(await exchange(observatory.rotctldPort, '_\n')).toContain('Simulated');
  });

  test('can simulate a stall: it accepts moves but does not move', async () => {
    await exchange(observatory.rotctldPort, 'P 10 10\n');
    await until('arrival', () => isAt(10, 10));
    await observatory.faults({ stall: true });
    expect(await exchange(observatory.rotctldPort, 'P 20 20\n')).toBe('RPRT 0\n');
    expect(await observatory.state()).toMatchObject({
      moving: false,
      readback: { azimuth: 10, elevation: 10 },
    });
    await observatory.faults({ stall: false });
    await until('it moves again', () => isAt(20, 20));
  });

  test('can simulate a jump: only the readback is wrong', async () => {
    await exchange(observatory.rotctldPort, 'P 10 10\n');
    await until('arrival', () => isAt(10, 10));
    await observatory.faults({ jump_deg: 25 });
    expect(await exchange(observatory.rotctldPort, 'p\n')).toBe('35.00\n35.00\n');
    expect(await observatory.state()).toMatchObject({ true_pointing: { azimuth: 10, elevation: 10 } });
  });

  test('can stop replying, and reply again', async () => {
    await observatory.faults({ rotctld_silent: true });
    const socket = connect(observatory.rotctldPort, '127.0.0.1');
    let received = '';
    socket.on('data', (bytes) => (received += bytes.toString()));
    const before = (await observatory.state()).commands.length;
    socket.write('P 1 1\np\n');
    await observatory.faults({ rotctld_silent: false });
    expect((await observatory.state()).commands.length).toBe(before);
    expect(received).toBe('');
    socket.write('_\n');
    await until('a reply', () => received === 'Simulated observatory\n');
    socket.destroy();
  });

  test('can refuse connections, and listen on the same port again', async () => {
    const socket = connect(observatory.rotctldPort, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await observatory.faults({ rotctld_refuse: true });
    await closed;
    await expect(exchange(observatory.rotctldPort, 'p\n')).rejects.toThrow('ECONNREFUSED');
    await observatory.faults({ rotctld_refuse: false });
    expect(await exchange(observatory.rotctldPort, '_\n')).toContain('Simulated');
  });
});

describeWithPrograms(['rotctld'], 'a dongle that follows another rotctld', () => {
  test("follows the pointing of Hamlib's rotctld", async () => {
    const real = await startRealRotctld();
    const follower = await startObservatory({ SIM_FOLLOW_ROTCTLD: `127.0.0.1:${real.port}` });
    try {
      await exchange(real.port, 'P 12 6\n');
      await until('both are at 12, 6', async () => {
        const { true_pointing: at } = await follower.state();
        return at.azimuth === 12 && at.elevation === 6;
      });
      expect(await exchange(real.port, 'p\n')).toBe('12.00\n6.00\n');
    } finally {
      await follower.close();
      await real.kill();
    }
  });
});
