import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createProcessGroup } from '../../services/launcher/process-group.ts';
import { freePort } from '#shared/runtime/free-port';
import { describeUnless } from '../support/peers.ts';
import { mountSmallDisk, smallDiskUnavailableReason, type SmallDisk } from '../support/small-disk.ts';
import { startTestStack, type TestStack, type TestStackOptions } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import {
  addRotor,
  untilStatusWithRetry,
  expectComplete,
  untilPoints,
  startScan,
  TOTAL,
} from '../support/whole-scan.ts';
import { RotctldLog } from './rotctld-log.ts';

describeUnless(smallDiskUnavailableReason(), 'a full disk', () => {
  let dataDir: string;
  let disk: SmallDisk | undefined;
  let stack: TestStack | undefined;
  let proxy: TcpProxy;
  let rotctld: RotctldLog;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sky-scan-full-disk-'));
    rotctld = new RotctldLog(Date.now);
    proxy = await startTcpProxy({ onRequest: (bytes, connection) => rotctld.take(bytes, connection) });
  });

  afterEach(async () => {
    await stack?.stop();
    await proxy.close();
    disk?.unmount();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function scan(options: TestStackOptions = {}): Promise<{ stack: TestStack; id: number }> {
    stack = await startTestStack({
      dataDir,
      env: { SUSPEND_SETTLE_S: '1', FAULT_BUDGET_S: '2' },
      ...options,
    });
    proxy.targetPort = stack.addresses.simulator.rotctldPort;
    const rotorId = await addRotor(stack, { port: proxy.port });
    return { stack, id: await startScan(stack, rotorId) };
  }

  const slews = () => rotctld.commands.filter(({ target }) => target).length;

  test('of the journal pauses the scan with a note before a point is lost; it resumes when there is space; a later kill -9 costs one point', async () => {
    disk = mountSmallDisk(join(dataDir, 'scan-orchestrator'), 8);
    const { stack, id } = await scan();
    await untilPoints(stack, id, 10);
    disk.fill();
    const paused = await untilStatusWithRetry(stack, id, 'paused');
    expect(paused.notes).toMatch(
      /(the journal cannot be written: No space left on device|no room for the journal on its disk); resumes automatically/,
    );
    expect((await stack.simulator<{ moving: boolean }>('GET', '/state')).body.moving).toBe(false);
    const before = slews();
    disk.empty();
    await untilPoints(stack, id, paused.completed_points + 5);
    // Nothing is confirmed from here on: new points are only in the journal.
    await stack.down('api-gateway');
    await until('points that are only in the journal', () => slews() > before + 15);
    await stack.kill('scan-orchestrator');
    await stack.up('api-gateway');
    await expectComplete(stack, id);
    // The point that was refused, and the one in progress at kill -9.
    expect(slews()).toBeLessThanOrEqual(TOTAL + 4);
  });

  test('of the database does not affect the scan; everything arrives when there is space', async () => {
    const folder = join(dataDir, 'database');
    disk = mountSmallDisk(folder, 160);
    mkdirSync(join(folder, 'logs'));
    const processGroup = createProcessGroup(folder, () => undefined, new AbortController().signal);
    onTestFinished(() => processGroup.stop());
    const postgres = processGroup.postgres(await freePort(), 'skyscan', {
      role: 'skyscan_services',
      password: 'of-the-services',
    });
    await postgres.run();
    const { stack, id } = await scan({ databaseUrl: postgres.url });
    await untilPoints(stack, id, 5);
    disk.fill();
    await until(
      'the orchestrator has measured everything',
      () => stack.log('scan-orchestrator').includes(`session ${id} is completed`),
      90_000,
    );
    disk.empty();
    expect((await expectComplete(stack, id)).notes).toBeNull();
  });

  test('of everything loses no point; the rotor can be stopped, and the scan resumes when there is space', async () => {
    disk = mountSmallDisk(dataDir, 220);
    const { stack, id } = await scan();
    await untilPoints(stack, id, 10);
    disk.fill();
    const { length } = rotctld.commands;
    await until('the rotor is stopped', () =>
      rotctld.commands.slice(length).some(({ target }) => target === undefined),
    );
    expect((await stack.api('POST', '/api/rotors/1/stop')).status).toBe(200);
    disk.empty();
    const paused = await untilStatusWithRetry(stack, id, 'paused');
    expect(paused.notes).toMatch(/stopped by request|cannot be written/);
    await stack.api('POST', `/api/skyscan/${id}/resume`);
    await expectComplete(stack, id);
  });
});
