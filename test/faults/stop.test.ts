import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { callApi } from '../support/stack-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { untilStatusWithRetry, expectComplete, startScan } from '../support/whole-scan.ts';
import {
  enterPhase,
  leavePhase,
  ONE_POINT,
  PHASE_GRID,
  PHASE_TOTAL,
  SLOW_SIMULATOR,
  SLOW_ROTOR,
} from './phases.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// POST /api/rotors/{id}/stop: an `S` reaches rotctld in every phase of a scan and during every
// outage. The goal is 300 ms; the time is printed.

const MAX_STOP_MS = 3_000;
let watched: WatchedStack;
let database: TestDatabase;
let databaseLink: TcpProxy;
const times: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  databaseLink = await startTcpProxy({ targetPort: Number(url.port) });
  url.port = String(databaseLink.port);
  watched = await startWatchedStack({ simulator: SLOW_SIMULATOR, databaseUrl: url.href }, SLOW_ROTOR);
});

afterAll(async () => {
  process.stderr.write(`stop to S: ${times.join(', ')}\n`);
  await watched.stop();
  await databaseLink.close();
  await database.drop();
});

/**
 * Stops the rotor and expects an `S` at rotctld and status 200. Any `S` after the first `before`
 * commands counts: the dead-man stop may have been faster.
 */
async function stop(what: string, before = watched.rotctld.commands.length): Promise<void> {
  const { stack, rotctld, rotorId } = watched;
  const since = Date.now();
  const answered = stack.api('POST', `/api/rotors/${rotorId}/stop`);
  const sent = await until('an S', () =>
    rotctld.commands.slice(before).findLast(({ target }) => target === undefined),
  );
  times.push(`${what} ${Math.max(0, sent.atUnixMs - since)} ms`);
  expect(sent.atUnixMs - since).toBeLessThan(MAX_STOP_MS);
  expect(await answered).toEqual({ status: 200, body: { status: 'stopped', rotor_id: rotorId } });
  expect(await watched.moving()).toBe(false);
}

describe('stop', () => {
  test('stops a rotor at rest and one that is moved manually', async () => {
    const { stack, rotorId } = watched;
    await stop('at rest');
    await callApi(stack, 'POST', `/api/rotors/${rotorId}/move`, { azimuth: 200, elevation: 30 });
    await until('motion', () => watched.moving());
    await stop('moved by hand');
  });

  test.each(['slewing', 'integrating', 'waiting'] as const)(
    'while %s pauses the scan with a note; after resume it completes',
    async (phase) => {
      const { stack, rotorId } = watched;
      const context = { ...watched, sessionId: await startScan(stack, rotorId, PHASE_GRID) };
      await enterPhase(phase, context);
      await stop(phase);
      const paused = await untilStatusWithRetry(stack, context.sessionId, 'paused');
      expect(paused.notes).toContain('stopped by request');
      await leavePhase(phase, context);
      await stack.api('POST', `/api/skyscan/${context.sessionId}/resume`);
      await expectComplete(stack, context.sessionId, PHASE_TOTAL);
    },
  );

  test('while pending behind a paused session, and while paused', async () => {
    const { stack, rotorId } = watched;
    const first = { ...watched, sessionId: await startScan(stack, rotorId, ONE_POINT) };
    await enterPhase('paused', first);
    const second = await startScan(stack, rotorId, ONE_POINT);
    await stop('paused and pending');
    expect((await untilStatusWithRetry(stack, second, 'pending')).notes).toMatch(
      /^waiting behind session \d+: [^;]*$/,
    );
    await leavePhase('paused', first);
    await expectComplete(stack, first.sessionId, 1);
    await expectComplete(stack, second, 1);
  });

  test('while parking: every point is stored, so the scan is completed', async () => {
    const { stack, rotorId } = watched;
    const context = { ...watched, sessionId: await startScan(stack, rotorId, ONE_POINT) };
    await enterPhase('parking', context);
    await stop('parking');
    expect((await expectComplete(stack, context.sessionId, 1)).notes).toContain('stopped by request');
  });
});

describe('stop during a slew while', () => {
  async function stopWhile(what: string, inject: () => unknown, clear: () => unknown): Promise<void> {
    const { stack, rotorId, rotctld } = watched;
    const sessionId = await startScan(stack, rotorId, PHASE_GRID);
    await enterPhase('slewing', { ...watched, sessionId });
    const before = rotctld.commands.length;
    await inject();
    await stop(what, before).finally(clear);
    await until('the scan has ended, after a resume if necessary', async () => {
      const { status, body } = await stack.api<{ status: string }>('GET', `/api/skyscan/${sessionId}`);
      if (status === 200 && body.status === 'paused')
        await stack.api('POST', `/api/skyscan/${sessionId}/resume`);
      return status === 200 && body.status === 'completed';
    });
    await expectComplete(stack, sessionId, PHASE_TOTAL);
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

  test.each(['refuse', 'silent'] as const)('the database is unavailable (%s)', async (kind) => {
    await stopWhile(
      `database away (${kind})`,
      () => databaseLink.setCondition({ kind }),
      () => databaseLink.setCondition({ kind: 'normal' }),
    );
  });

  test('rotctld is slow', async () => {
    const { link } = watched;
    await stopWhile(
      'rotctld slow by 200 ms',
      () => link.setCondition({ kind: 'delay', ms: 200 }),
      () => link.setCondition({ kind: 'normal' }),
    );
  });
});

test('stop uses the current address of the rotor, not the one at the start of the gateway, also without a database', async () => {
  const { stack, rotorId, rotctld } = watched;
  const moved = await startTcpProxy({
    targetPort: stack.addresses.simulator.rotctldPort,
    onRequest: (bytes, connection) => rotctld.take(bytes, connection + 1_000),
  });
  onTestFinished(() => moved.close());
  await callApi(stack, 'PUT', `/api/rotors/${rotorId}`, { port: moved.port });
  databaseLink.setCondition({ kind: 'silent' });
  await stop('elsewhere, database away').finally(() => databaseLink.setCondition({ kind: 'normal' }));
  expect(rotctld.commands.at(-1)?.connection).toBeGreaterThan(1_000);
});
