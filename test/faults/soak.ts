import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '#shared/runtime/free-port';
import { preparePostgres } from '../../services/launcher/postgres.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { startInstantStack } from '../support/instant-stack.ts';
import { growth, HEADINGS, lineOf, soak } from './soak-run.ts';

// Runs many scans one after the other from dist (node scripts/setup.js build) and reports leaks:
// node --conditions=source --import tsx test/faults/soak.ts --scans 200 --points 500

const WARM_AFTER = 10;

const { values } = parseArgs({
  options: { scans: { type: 'string', default: '200' }, points: { type: 'string', default: '500' } },
});
const scans = wholeNumber('scans', values.scans);
const points = wholeNumber('points', values.points);

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-soak-'));
const cluster = preparePostgres({ folder: join(folder, 'postgres'), port: await freePort(), durable: false });
const postgres = await cluster.start();
const databaseUrl = cluster.url('postgres');
const broker = await startAedes();
const stack = await startInstantStack(databaseUrl, broker.url);
try {
  print(HEADINGS);
  const marks = [1, WARM_AFTER, 50, 100];
  const taken = await soak({
    stack,
    databaseUrl,
    scans,
    points,
    marks,
    onMark: (figures) => print(lineOf(figures)),
  });
  const warm = taken.find((figures) => figures.scans === WARM_AFTER);
  const last = taken.at(-1);
  const grown = warm && last ? growth(warm, last) : [];
  for (const line of grown) process.stdout.write(`${line}\n`);
  process.exitCode = grown.length > 0 ? 1 : 0;
} finally {
  await stack.close();
  await broker.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

function print(cells: string[]): void {
  process.stdout.write(
    `${cells.map((cell, i) => cell.padStart(HEADINGS[i]?.length ?? 0).padStart(10)).join('  ')}\n`,
  );
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) {
    process.stderr.write(`--${name} ${text}: must be a whole number above 0\n`);
    process.exit(2);
  }
  return value;
}
