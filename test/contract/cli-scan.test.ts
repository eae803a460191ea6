import { describe, expect, test } from 'vitest';
import { createInterrupts } from '../../services/cli/interrupts.ts';
import { runSkyscan, type SkyscanOptions } from '../support/cli.ts';
import { type Gateway } from '../support/gateway-harness.ts';
import { addRotor, startTestScan, upTo, type Session, type TestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();

const skyscan = (args: string[], options: SkyscanOptions = {}) =>
  runSkyscan(args, { ...options, env: { SKYSCAN_URL: world.gateway.url, ...options.env } });
const lines = (text: string) => text.trimEnd().split('\n');
const parsed = (text: string) => lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);

/** Starts a scan from the command line whose progress the test controls. */
async function startByCommand(more: string[] = [], options: SkyscanOptions = {}) {
  const rotor = await addRotor(world);
  const output = { out: '', err: '' };
  const grid = ['--az', '0:9', '--el', '10', '--step', '1', '--reads', '1'];
  const ended = skyscan(['scan', '--rotor', String(rotor), ...grid, ...more], { ...options, output });
  const id = await until('the scan', async () => {
    const { body } = await world.gateway.get(`/api/skyscan/sessions?rotor_id=${rotor}`);
    return (body as Session[])[0]?.id;
  });
  const setStatus = (status: Parameters<TestScan['setStatus']>[0]) =>
    world.publish(`skyscan/sessions/${id}/status`, world.orchestrator.setStatus(id, status), true);
  const measure = async (count: number) => {
    for (let i = 0; i < count; i++)
      await world.publish(`skyscan/sessions/${id}/points`, world.orchestrator.measure(id));
  };
  return { id, rotor, output, ended, setStatus, measure };
}

describe('skyscan scan', () => {
  test('prints the preview, starts, and prints progress lines until the end', async () => {
    const { id, output, ended, setStatus, measure } = await startByCommand(['--notes', 'a first try']);
    await until('the start of watching', () => output.out.includes(`Scan ${id} on`));
    await setStatus('running');
    await measure(10);
    await setStatus('completed');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    const text = lines(output.out);
    expect(text[0]).toMatch(/^10 points in 1 row of at most 10, about \d+ s$/);
    expect(text).toContain(`Scan ${id} is pending.`);
    expect(text.some((line) => /^Scan \d+ on scanned \d+: running/.test(line))).toBe(true);
    expect(text.some((line) => line.startsWith('100.0 %  10 of 10 points'))).toBe(true);
    expect(text.at(-1)).toMatch(/^Scan \d+ on scanned \d+: completed/);
    expect(output.out).not.toContain('\u001b');
    const { body } = await world.gateway.get(`/api/skyscan/${id}`);
    expect(body).toMatchObject({
      az_start: 0,
      az_end: 9,
      el_start: 10,
      el_end: 10,
      step_deg: 1,
      rssi_iterations: 1,
    });
  });

  test('--json prints the preview, the session and every message', async () => {
    const { id, output, ended, setStatus, measure } = await startByCommand(['--json']);
    await until('the first message', () => output.out.includes('"point":null'));
    await setStatus('running');
    await measure(10);
    await setStatus('completed');
    expect((await ended).code).toBe(0);
    const [preview, session, ...messages] = parsed(output.out);
    expect(preview).toMatchObject({ preview: { total_points: 10, rows: 1 } });
    expect(session).toMatchObject({ session: { id, status: 'pending' } });
    const points = messages.filter(({ point }) => point) as { point: { seq: number } }[];
    expect(points.map(({ point }) => point.seq)).toEqual(upTo(10));
    expect(messages.at(-1)).toMatchObject({ status: 'completed', point: null });
  });

  test('--preview starts nothing', async () => {
    const rotor = await addRotor(world);
    const args = ['scan', '--rotor', String(rotor), '--step', '10', '--preview'];
    const { code, out } = await skyscan([...args, '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, { total_points: 180 }]);
    expect((await skyscan(args)).out).toMatch(/^180 points in 5 rows of at most 36, about /);
    expect((await world.gateway.get(`/api/skyscan/sessions?rotor_id=${rotor}`)).body).toEqual([]);
  });

  test('--detach starts and returns', async () => {
    const { id, ended } = await startByCommand(['--detach']);
    const { code, out } = await ended;
    expect([code, lines(out).at(-1)]).toEqual([0, `Scan ${id} is pending.`]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s without a terminal stops watching; the scan continues',
    async (signal) => {
      const interrupts = createInterrupts();
      const { id, output, ended, setStatus } = await startByCommand([], { interrupts });
      await until('the start of watching', () => output.out.includes(`Scan ${id} on`));
      await setStatus('running');
      await until('the status running', () => output.out.includes(': running'));
      interrupts.fire(signal);
      const { code, err } = await ended;
      expect([code, err]).toEqual([
        4,
        `Left: scan ${id} is still running; watch it with \`skyscan watch ${id}\`, cancel it with \`skyscan cancel ${id}\`.\n`,
      ]);
      expect((await world.gateway.get(`/api/skyscan/${id}`)).body).toMatchObject({ status: 'running' });
    },
  );

  test('exits with an error when another client cancels the scan', async () => {
    const { id, output, ended, setStatus } = await startByCommand();
    await until('the start of watching', () => output.out.includes(`Scan ${id} on`));
    await setStatus('running');
    await setStatus('cancelled');
    expect(await ended).toMatchObject({ code: 1, err: `skyscan: scan ${id} was cancelled\n` });
  });

  test.each<[string[], number, RegExp]>([
    [[], 2, /required option '--rotor <id>' not specified/],
    [['--rotor', 'roof'], 2, /must be the id of a rotator/],
    [['--rotor', '1', '--az', '0:600'], 2, /azimuth 600 deg is outside -180\.\.540 deg/],
    [['--rotor', '1', '--el', '60:20'], 2, /elevations 60:20 deg: the end is below the start/],
    [['--rotor', '1', '--step', '0'], 2, /step 0 deg is outside 0\.01\.\.360 deg/],
    [['--rotor', '1', '--reads', '0'], 2, /reads 0 is outside 1\.\.1000/],
    [['--rotor', '1', '--mode', 'fast'], 2, /Allowed choices are step, on-the-fly/],
    [['--rotor', '1', '--reference', '180'], 2, /AZ:EL or AZ:EL:MINUTES/],
    [
      ['--rotor', '1', '--az', '0:360', '--el', '0:90', '--step', '0.1'],
      2,
      /a step of 0\.1 deg makes 3243600 points, more than 1000000/,
    ],
    [['--rotor', '999999'], 1, /^skyscan: Rotor not found\n$/],
    [['--rotor', '1', '--notes', 'x'.repeat(2_001)], 1, /notes: Must have at most 2000 characters/],
  ])('%j is refused', async (args, code, message) => {
    const before = (await world.gateway.get('/api/skyscan/sessions')).text;
    const result = await skyscan(['scan', ...args]);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(message);
    expect((await world.gateway.get('/api/skyscan/sessions')).text).toBe(before);
  });

  test('reconnects to a restarted gateway and misses nothing', async () => {
    const port = String(world.gateway.port + 1);
    let gateway: Gateway = await world.startGateway({ GATEWAY_ID: 'restarting', HTTP_PORT: port });
    const output = { out: '', err: '' };
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    const watching = runSkyscan(['watch', String(scan.id), '--json'], {
      env: { SKYSCAN_URL: gateway.url },
      output,
    });
    await until('the first message', () => output.out !== '');
    await scan.measure(2);
    await until('two points', () => parsed(output.out).filter(({ point }) => point).length === 2);
    await gateway.close();
    await until('the message about the loss', () => output.err.startsWith('connection lost'));
    await scan.measure(3);
    gateway = await world.startGateway({ GATEWAY_ID: 'restarting', HTTP_PORT: port });
    await until('the message about the reconnect', () => output.err.includes('reconnected\n'));
    await scan.measure(2);
    await scan.setStatus('completed');
    expect((await watching).code).toBe(0);
    await gateway.close();
    const points = parsed(output.out).filter(({ point }) => point) as { point: { seq: number } }[];
    expect(points.map(({ point }) => point.seq)).toEqual(upTo(10).slice(3));
  });
});

describe('skyscan sessions, show, watch, pause, resume, cancel', () => {
  test('sessions prints a table with the filters of the API', async () => {
    const scan = await startTestScan(world, undefined, undefined, { notes: 'red\u001b[31m note' });
    const { code, out } = await skyscan(['sessions', '--rotor', String(scan.rotorId), '--status', 'pending']);
    expect(code).toBe(0);
    expect(lines(out)[0]).toMatch(
      /^ID +ROTOR +STATUS +POINTS +AZIMUTH +ELEVATION +STEP +STARTED \(UTC\) +NOTES$/,
    );
    expect(lines(out)).toHaveLength(2);
    expect(lines(out)[1]).toContain('0/10');
    // Texts of other users cannot control the terminal.
    expect(out).not.toContain('\u001b');
    expect(JSON.parse((await skyscan(['sessions', '--limit', '1', '--json'])).out)).toHaveLength(1);
    expect((await skyscan(['sessions', '--status', 'lost'])).code).toBe(2);
    expect((await skyscan(['sessions', '--limit', '501'])).err).toContain('limit 501 is outside 1..500');
  });

  test('show draws the map, without colours when the output is not a terminal', async () => {
    const scan = await startTestScan(world, { rows: 3, columns: 10 });
    await scan.setStatus('running');
    await scan.measure(15);
    await scan.untilStored(15);
    const { code, out } = await skyscan(['show', String(scan.id)]);
    expect(code).toBe(0);
    expect(lines(out)[0]).toMatch(new RegExp(`^Scan ${scan.id} on scanned \\d+: running`));
    expect(out.match(/[▁▂▃▄▅▆▇█]/g)?.length).toBeGreaterThan(15);
    expect(out).toContain('·');
    expect(lines(out).at(-1)).toMatch(/^50\.0 % {2}15 of 30 points/);
    expect(out).not.toContain('\u001b');
    const coloured = await skyscan(['show', String(scan.id)], {
      isTTY: true,
      env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    });
    expect(coloured.out).toMatch(/\u001b\[38;2;\d+;\d+;\d+m/);
    const plain = await skyscan(['show', String(scan.id)], {
      isTTY: true,
      env: { TERM: 'xterm-256color', NO_COLOR: '1' },
    });
    expect(plain.out).toBe(out);
    expect(JSON.parse((await skyscan(['show', String(scan.id), '--json'])).out)).toEqual(
      await scan.session(),
    );
  });

  test('watch of an ended scan shows it', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(10);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    const { code, out } = await skyscan(['watch', String(scan.id)]);
    expect([code, lines(out).at(-1)]).toEqual([0, '100.0 %  10 of 10 points']);
  });

  test('pause, resume and cancel print the result, or the error of the API', async () => {
    const scan = await startTestScan(world);
    const id = String(scan.id);
    await scan.setStatus('running');
    await scan.untilStatus('running');
    expect(await skyscan(['pause', id])).toEqual({ code: 0, out: `Scan ${id} is pausing.\n`, err: '' });
    await scan.setStatus('paused');
    await scan.untilStatus('paused');
    expect(await skyscan(['pause', id])).toEqual({
      code: 1,
      out: '',
      err: "skyscan: Cannot pause scan in 'paused' state (must be running)\n",
    });
    const answer = { status: 'resuming', session_id: scan.id };
    expect((await skyscan(['resume', id, '--json'])).out).toBe(`${JSON.stringify(answer)}\n`);
    expect((await skyscan(['cancel', id])).out).toBe(`Scan ${id} is cancelling.\n`);
  });

  test.each(['show', 'watch', 'pause', 'resume', 'cancel'])(
    '%s of an unknown scan exits with 1',
    async (command) => {
      expect(await skyscan([command, '999999'])).toEqual({
        code: 1,
        out: '',
        err: 'skyscan: Scan session not found\n',
      });
      expect((await skyscan([command, 'last'])).code).toBe(2);
    },
  );
});
