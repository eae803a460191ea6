import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { expectWhole, hasPoints, startScan } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// The orchestrator's folder is gone, or not ours to touch.

let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack();
});

afterAll(async () => {
  await watched.stop();
});

test.each(['while it runs', 'while it is down'])(
  'the data directory is lost in mid-scan, %s: the session is handed over again with what is stored; every cell once',
  async (when) => {
    const { stack, rotctld, rotorId } = watched;
    const before = rotctld.commands.length;
    const id = await startScan(stack, rotorId);
    await hasPoints(stack, id, 15);
    const remove = () => rmSync(join(stack.dataDir, 'scan-orchestrator'), { recursive: true, force: true });
    if (when === 'while it runs') {
      remove();
      await stack.kill('scan-orchestrator');
    } else {
      await stack.down('scan-orchestrator');
      remove();
      await stack.up('scan-orchestrator');
    }
    await expectWhole(stack, id);
    // What had not reached the database when the disk went is measured again.
    expect(watched.returns(before)).toBeLessThanOrEqual(5);
  },
);

test('a journal of a newer version: one sentence, exit code 1, and it is left alone', async () => {
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
  const [first = ''] = process.said().split('\n');
  expect((JSON.parse(first) as { msg: string }).msg).toBe(
    `the journal in ${folder} has version 3; this program knows version 2 and leaves it alone`,
  );
  const again = new ClassicLevel(folder);
  expect(await again.get('x!0000000001')).toBe('what only a newer program understands');
  await again.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a damaged journal in mid-scan: repaired or handed over again, said in the log, and the scan ends whole', async () => {
  const { stack, rotorId } = watched;
  const id = await startScan(stack, rotorId);
  await hasPoints(stack, id, 15);
  await stack.down('scan-orchestrator');
  const journal = join(stack.dataDir, 'scan-orchestrator', 'scan-orchestrator', 'journal');
  const current = readFileSync(join(journal, 'CURRENT'), 'utf8').trim();
  rmSync(join(journal, current));
  await stack.up('scan-orchestrator');
  await until('the log says so', () => stack.log('scan-orchestrator').includes('the journal is damaged'));
  await expectWhole(stack, id);
});
