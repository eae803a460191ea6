import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { must } from '../support/observer.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { comesTo, expectWhole, startScan } from '../support/whole-scan.ts';
import {
  bringInto,
  letGoOn,
  ONE_POINT,
  PHASE_GRID,
  PHASE_TOTAL,
  UNHURRIED,
  UNHURRIED_ROTOR,
} from './phases.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// POST /api/rotors/{id}/stop: an `S` reaches rotctld, whatever the scan is doing and whatever else
// is away. Wanted within 300 ms; the time is printed.

const LONGEST_MS = 3_000;
let watched: WatchedStack;
let database: TestDatabase;
let databaseLink: TcpProxy;
const times: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  databaseLink = await startTcpProxy({ targetPort: Number(url.port) });
  url.port = String(databaseLink.port);
  watched = await startWatchedStack({ simulator: UNHURRIED, databaseUrl: url.href }, UNHURRIED_ROTOR);
});

afterAll(async () => {
  process.stderr.write(`stop to S: ${times.join(', ')}\n`);
  await watched.stop();
  await databaseLink.close();
  await database.drop();
});

/**
 * Presses stop and expects an `S` at rotctld and an answer of 200. An `S` that was sent since
 * `before` commands, and is still being verified, counts: the death of the commander may have been
 * faster than the finger.
 */
async function stop(what: string, before = watched.rotctld.commands.length): Promise<void> {
  const { stack, rotctld, rotorId } = watched;
  const since = Date.now();
  const answered = stack.api('POST', `/api/rotors/${rotorId}/stop`);
  const sent = await until('an S', () =>
    rotctld.commands.slice(before).findLast(({ target }) => target === undefined),
  );
  times.push(`${what} ${Math.max(0, sent.atUnixMs - since)} ms`);
  expect(sent.atUnixMs - since).toBeLessThan(LONGEST_MS);
  expect(await answered).toEqual({ status: 200, body: { status: 'stopped', rotor_id: rotorId } });
  expect(await watched.moving()).toBe(false);
}

describe('stop', () => {
  test('of a rotor at rest, and of one that is moved by hand', async () => {
    const { stack, rotorId } = watched;
    await stop('at rest');
    await must(stack, 'POST', `/api/rotors/${rotorId}/move`, { azimuth: 200, elevation: 30 });
    await until('motion', () => watched.moving());
    await stop('moved by hand');
  });

  test.each(['slewing', 'integrating', 'waiting'] as const)(
    'while %s: the scan pauses and says why; resumed, it ends whole',
    async (phase) => {
      const { stack, rotorId } = watched;
      const scene = { ...watched, sessionId: await startScan(stack, rotorId, PHASE_GRID) };
      await bringInto(phase, scene);
      await stop(phase);
      const paused = await comesTo(stack, scene.sessionId, 'paused');
      expect(paused.notes).toContain('stopped by request');
      await letGoOn(phase, scene);
      await stack.api('POST', `/api/skyscan/${scene.sessionId}/resume`);
      await expectWhole(stack, scene.sessionId, PHASE_TOTAL);
    },
  );

  test('while pending behind a paused one, and while paused', async () => {
    const { stack, rotorId } = watched;
    const first = { ...watched, sessionId: await startScan(stack, rotorId, ONE_POINT) };
    await bringInto('paused', first);
    const second = await startScan(stack, rotorId, ONE_POINT);
    await stop('paused and pending');
    expect((await comesTo(stack, second, 'pending')).notes).toMatch(/^waiting behind session \d+: [^;]*$/);
    await letGoOn('paused', first);
    await expectWhole(stack, first.sessionId, 1);
    await expectWhole(stack, second, 1);
  });

  test('while parking: every point is stored, so the scan is completed where it stands', async () => {
    const { stack, rotorId } = watched;
    const scene = { ...watched, sessionId: await startScan(stack, rotorId, ONE_POINT) };
    await bringInto('parking', scene);
    await stop('parking');
    expect((await expectWhole(stack, scene.sessionId, 1)).notes).toContain('stopped by request');
  });
});

describe('stop in mid-slew while', () => {
  async function stopWhile(what: string, breakIt: () => unknown, mend: () => unknown): Promise<void> {
    const { stack, rotorId, rotctld } = watched;
    const sessionId = await startScan(stack, rotorId, PHASE_GRID);
    await bringInto('slewing', { ...watched, sessionId });
    const before = rotctld.commands.length;
    await breakIt();
    await stop(what, before).finally(mend);
    await until('the scan is over, resumed when it waits for a person', async () => {
      const { status, body } = await stack.api<{ status: string }>('GET', `/api/skyscan/${sessionId}`);
      if (status === 200 && body.status === 'paused')
        await stack.api('POST', `/api/skyscan/${sessionId}/resume`);
      return status === 200 && body.status === 'completed';
    });
    await expectWhole(stack, sessionId, PHASE_TOTAL);
  }

  test.each(['scan-orchestrator', 'mqtt-broker', 'sdr-sampler'] as const)('%s is dead', async (name) => {
    const { stack } = watched;
    await stopWhile(
      `${name} dead`,
      () => stack.down(name),
      () => stack.up(name),
    );
  });

  test.each(['scan-orchestrator', 'mqtt-broker'] as const)('%s is frozen', async (name) => {
    const { stack } = watched;
    await stopWhile(
      `${name} frozen`,
      () => stack.freeze(name),
      () => stack.thaw(name),
    );
  });

  test.each(['refuse', 'silent'] as const)('the database is away (%s)', async (kind) => {
    await stopWhile(
      `database away (${kind})`,
      () => databaseLink.setWeather({ kind }),
      () => databaseLink.setWeather({ kind: 'clear' }),
    );
  });

  test('rotctld is slow', async () => {
    const { link } = watched;
    await stopWhile(
      'rotctld slow by 200 ms',
      () => link.setWeather({ kind: 'delay', ms: 200 }),
      () => link.setWeather({ kind: 'clear' }),
    );
  });
});

test('stop goes to where the rotor is now, not to where it was when the gateway started, without a database too', async () => {
  const { stack, rotorId, rotctld } = watched;
  const moved = await startTcpProxy({
    targetPort: stack.addresses.simulator.rotctldPort,
    onRequest: (bytes, connection) => rotctld.take(bytes, connection + 1_000),
  });
  onTestFinished(() => moved.close());
  await must(stack, 'PUT', `/api/rotors/${rotorId}`, { port: moved.port });
  databaseLink.setWeather({ kind: 'silent' });
  await stop('elsewhere, database away').finally(() => databaseLink.setWeather({ kind: 'clear' }));
  expect(rotctld.commands.at(-1)?.connection).toBeGreaterThan(1_000);
});
