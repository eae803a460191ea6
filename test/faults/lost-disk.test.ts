import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { expectComplete, untilPoints, startScan } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// The orchestrator's data folder is lost, damaged, or belongs to a newer version.

let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack();
});

afterAll(async () => {
  await watched.stop();
});

test.each(['while the orchestrator runs', 'while the orchestrator is down'])(
  'the data folder is lost during a scan, %s: the gateway hands the session over again with the stored points, and every cell is measured once',
  async (when) => {
    const { stack, rotctld, rotorId } = watched;
    const before = rotctld.commands.length;
    const id = await startScan(stack, rotorId);
    await untilPoints(stack, id, 15);
    const remove = () => rmSync(join(stack.dataDir, 'scan-orchestrator'), { recursive: true, force: true });
    if (when === 'while the orchestrator runs') {
      remove();
      await stack.kill('scan-orchestrator');
    } else {
      await stack.down('scan-orchestrator');
      remove();
      await stack.up('scan-orchestrator');
    }
    await expectComplete(stack, id);
    // Points that had not reached the database are measured again.
    expect(watched.returns(before)).toBeLessThanOrEqual(5);
  },
);

test('a journal of a newer version: one message, exit code 1, and the files stay unchanged', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sky-scan-newer-'));
  const folder = join(dataDir, 'scan-orchestrator', 'journal');
  await (await openJournal(folder, pino({ level: 'silent' }))).close();
  const level = new ClassicLevel(folder);
  await level.put('version', '3');
  await level.put('x!0000000001', 'what only a newer program understands');
  await level.close();
  const process = await startServiceProcess('scan-orchestrator', {
    DATA_DIR: dataDir,
    ORCHESTRATOR_PORT: '0',
    MQTT_URL: 'mqtt://127.0.0.1:1',
  });
  expect(await process.exited).toBe(1);
  const [first = ''] = process.output().split('\n');
  expect((JSON.parse(first) as { msg: string }).msg).toBe(
    `the journal in ${folder} has version 3; this program supports version 2 and does not change it`,
  );
  const again = new ClassicLevel(folder);
  expect(await again.get('x!0000000001')).toBe('what only a newer program understands');
  await again.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a damaged journal during a scan is logged and repaired or handed over again, and the scan completes', async () => {
  const { stack, rotorId } = watched;
  const id = await startScan(stack, rotorId);
  await untilPoints(stack, id, 15);
  await stack.down('scan-orchestrator');
  const journal = join(stack.dataDir, 'scan-orchestrator', 'journal');
  const current = readFileSync(join(journal, 'CURRENT'), 'utf8').trim();
  rmSync(join(journal, current));
  await stack.up('scan-orchestrator');
  await until('the damage is logged', () =>
    stack.log('scan-orchestrator').includes('the journal is damaged'),
  );
  await expectComplete(stack, id);
});
