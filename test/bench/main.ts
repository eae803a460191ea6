import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { errorMessage } from '#shared/base/errors';
import { byHand } from './by-hand.ts';
import { dashboard } from './dashboard.ts';
import { download } from './download.ts';
import { interference } from './interference.ts';
import { links } from './links.ts';
import { describeMachine, loadNow } from './machine.ts';
import { onTheFly } from './on-the-fly.ts';
import { overhead } from './overhead.ts';
import { path } from './path.ts';
import { recording } from './recording.ts';
import type { Row } from './row.ts';
import { sampling } from './sampling.ts';
import { sites } from './sites.ts';
import { mask } from './mask.ts';
import { sources } from './sources.ts';
import { spectra } from './spectra.ts';
import { spectraWall } from './spectra-wall.ts';
import { formatSummary, formatTable, type MeasuredRow } from './table.ts';
import { viewers } from './viewers.ts';
import { wall, wallRotctld } from './wall.ts';

// npm run bench -- [--json FILE] [--only NAME[,NAME]] [--quick] [--full]

const ROWS: readonly Row[] = [
  path,
  wall,
  wallRotctld,
  overhead,
  onTheFly,
  sampling,
  recording,
  download,
  spectra,
  spectraWall,
  mask,
  interference,
  sources,
  viewers,
  sites,
  links,
  dashboard,
  byHand,
];

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});

const machine = describeMachine();
console.log(
  `${machine.cores} cores, ${machine.model}, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.platform}`,
);
const startedAt = new Date().toISOString();
const measured: MeasuredRow[] = [];
for (const row of chosen(values.only)) {
  process.stderr.write(`${row.name} ...\n`);
  measured.push(await measure(row));
  // Write after every row, so that an interrupted run keeps its results.
  if (values.json !== undefined) writeJson(values.json);
}
console.log(formatTable(measured));
console.log(formatSummary(measured));
// A missed goal is only reported; a row that cannot be measured is a failure.
process.exitCode = measured.some(({ result }) => 'failed' in result) ? 1 : 0;

function writeJson(file: string): void {
  const found = { startedAt, quick: values.quick, machine, rows: measured };
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
}

async function measure(row: Row): Promise<MeasuredRow> {
  const start = loadNow();
  const from = performance.now();
  const result = await row
    .run({ quick: values.quick, full: values.full })
    .catch((error: unknown) => ({ failed: errorMessage(error) }));
  return {
    name: row.name,
    result,
    load: { start, end: loadNow() },
    seconds: Math.round((performance.now() - from) / 100) / 10,
  };
}

function chosen(only: string | undefined): readonly Row[] {
  if (only === undefined) return ROWS;
  const names = only.split(',');
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`--only ${unknown.join(', ')}: name).join(', ')} => name).join(', ')}\n`);
    process.exit(2);
  }
  return ROWS.filter(({ name }) => names.includes(name));
}
