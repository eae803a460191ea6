import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine, loadNow } from '../bench/machine.ts';
import type { Figure } from '../bench/row.ts';
import { formatSummary, formatTable, type MeasuredRow } from '../bench/table.ts';
import { anomalyFigures } from './anomalies.ts';
import { scoreBearings } from './bearings.ts';
import { detectionFigures, falseAlarmFigures } from './detection.ts';
import { scoreIdentification } from './identification.ts';
import { monthFigures } from './month/figures.ts';
import { deblendingFigures, positionFigures } from './position.ts';
import { patternFigures } from './pattern.ts';
import { patternStackFigures } from './pattern-stack.ts';
import { timingFigures } from './timing.ts';

// npm run score -- --seed S --maps N [--only NAME[,NAME]] [--json FILE]
//
// Scores of the analysis on synthetic maps, from a forward model of their own. Map k has the seed
// S + k.

type Part = (seed: number, maps: number) => Figure[] | Promise<Figure[]>;

const SOURCES: Record<string, Part> = {
  detection: detectionFigures,
  'false-alarms': falseAlarmFigures,
  position: positionFigures,
  deblending: deblendingFigures,
  timing: timingFigures,
};
/** Layouts and detected sources instead of maps: 100 and 25 for each. */
const PLACES: Record<string, Part> = {
  bearings: (from, maps) => scoreBearings(from, 100 * maps),
  identification: (from, maps) => scoreIdentification(from, 25 * maps),
  /** Repeats of a scan with other noise. */
  pattern: patternFigures,
  /** One scan of each antenna, whatever the number of maps. */
  'pattern-stack': patternStackFigures,
};
/** Maps of baselines and sessions; scans of a month. */
const CHANGES: Record<string, Part> = { comparison: anomalyFigures, month: monthFigures };
const PARTS = { ...SOURCES, ...PLACES, ...CHANGES };
/** What one name of `--only` stands for. */
const GROUPS: Record<string, string[]> = {
  sources: Object.keys(SOURCES),
  anomalies: Object.keys(CHANGES),
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1001' },
    maps: { type: 'string', default: '100' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const [seed, maps] = [Number(values.seed), Number(values.maps)];
const names = values.only?.split(',').flatMap((name) => GROUPS[name] ?? [name]) ?? Object.keys(PARTS);
const unknown = names.filter((name) => !(name in PARTS));
if (!Number.isInteger(seed) || !Number.isInteger(maps) || maps < 1 || unknown.length > 0) {
  const known = [...Object.keys(GROUPS), ...Object.keys(PARTS)].join(', ');
  process.stderr.write(`score --seed INTEGER --maps NUMBER [--only ${known}] [--json FILE]\n`);
  process.exit(2);
}

const rows: MeasuredRow[] = [];
for (const name of names) {
  process.stderr.write(`${name} ...\n`);
  const start = loadNow();
  const from = performance.now();
  const result = await (PARTS[name] as Part)(seed, maps);
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  rows.push({ name, result, load: { start, end: loadNow() }, seconds });
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ seed, maps, machine: describeMachine(), rows }, null, 2)}\n`,
    );
}
process.stdout.write(`seed ${seed}, ${maps} maps\n${formatTable(rows)}\n${formatSummary(rows)}\n`);
