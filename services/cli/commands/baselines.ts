import { InvalidArgumentError, type Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import type { Baseline, BaselineSession } from '#contract/rest/baselines';
import type { Api } from '../api.ts';
import { idParser } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { minuteOf, table, toJson } from '../output.ts';

const BASELINE = idParser('a baseline');
const SCAN = idParser('a scan');

interface CreateOptions {
  schedule?: number;
  scans?: number[];
}

/** `skyscan baselines` */
export function baselines(program: Command, context: Context): void {
  const { api, out } = context;
  const group = program.command('baselines').description('what the sky usually looks like');
  group
    .command('list')
    .description('list all baselines')
    .option('--json', 'print the JSON of the API')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await api().get('/api/baselines');
      out.write(json ? toJson(found) : toTable(found));
    });
  group
    .command('show')
    .description('show a baseline, its bands and its times of day')
    .argument('<id>', 'the baseline', BASELINE)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const found = await api().get(`/api/baselines/${id}`);
      out.write(json ? toJson(found) : details(found));
    });
  group
    .command('create')
    .description('create a baseline from the scans of a schedule, also later ones, or from chosen scans')
    .argument('<name>')
    .option('--schedule <id>', 'the schedule, see `skyscan schedules list`', idParser('a schedule'))
    .option('--scans <ids>', 'scans, such as 12,15,18; the first one sets the grid', parseIds)
    .action(async (name: string, { schedule, scans }: CreateOptions) => {
      if ((schedule === undefined) === (scans === undefined))
        throw new SkyScanError('invalid', 'use one of --schedule and --scans');
      const created = await api().post('/api/baselines', {
        name,
        ...(schedule !== undefined && { schedule_id: schedule }),
        ...(scans !== undefined && { session_ids: scans }),
      });
      out.write(
        `Baseline ${created.id} created: skyscan baselines sessions ${created.id} lists its scans.\n`,
      );
    });
  group
    .command('sessions')
    .description('list the scans of a baseline, the newest first')
    .argument('<id>', 'the baseline', BASELINE)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const found = await loadMembers(api(), id);
      out.write(json ? toJson(found) : membersTable(found));
    });
  for (const [action, status] of [
    ['include', 'included'],
    ['exclude', 'excluded'],
  ] as const)
    group
      .command(action)
      .description(`${action} a scan`)
      .argument('<id>', 'the baseline', BASELINE)
      .argument('<scan>', 'the scan', SCAN)
      .action(async (id: number, scan: number) => {
        const changed = await api().put(`/api/baselines/${id}/sessions/${scan}`, { status });
        const reason = changed.reason === null ? '' : `: ${changed.reason}`;
        out.write(`Scan ${scan} of baseline ${id} is ${changed.status}${reason}.\n`);
      });
  group
    .command('remove')
    .description('delete a baseline and the comparisons with it; its scans stay')
    .argument('<id>', 'the baseline', BASELINE)
    .option('--yes', 'do not ask for confirmation')
    .action(async (id: number, { yes }: { yes?: boolean }) => {
      if (!yes) await confirm(context, `Delete baseline ${id}?`, 'nothing was deleted');
      await api().delete(`/api/baselines/${id}`);
      out.write(`Baseline ${id} deleted.\n`);
    });
}

const PAGE_SIZE = 500;

async function loadMembers(api: Api, id: number): Promise<BaselineSession[]> {
  const all: BaselineSession[] = [];
  for (;;) {
    const last = all.at(-1)?.session_id;
    const before = last === undefined ? '' : (`&before_id=${last}` as const);
    const page = await api.get(`/api/baselines/${id}/sessions?limit=${PAGE_SIZE}${before}`);
    all.push(...page);
    if (page.length < PAGE_SIZE) return all;
  }
}

function parseIds(text: string): number[] {
  const parts = text.split(',');
  if (!parts.every((part) => /^[1-9]\d{0,9}$/.test(part)))
    throw new InvalidArgumentError('It must be ids of scans, separated by commas: 12,15,18.');
  return parts.map(Number);
}

const time = (text: string | null) => (text === null ? '-' : minuteOf(text));
const decibels = (value: number | null) => (value === null ? '-' : value.toFixed(2));

function toTable(found: readonly Baseline[]): string {
  return table(
    ['ID', 'NAME', 'SCHEDULE', 'ROTOR', 'CELLS', 'SCANS', 'EXCLUDED', 'WAITING', 'LAST SCAN (UTC)', 'GROWS'],
    found.map((baseline) => [
      String(baseline.id),
      baseline.name,
      String(baseline.schedule_id ?? '-'),
      String(baseline.rotor_id),
      String(baseline.cells),
      String(baseline.included),
      String(baseline.excluded),
      String(baseline.waiting),
      time(baseline.last_session_at),
      growth(baseline),
    ]),
  );
}

function details(baseline: Baseline): string {
  const { id, name, schedule_id, cells, included, excluded, waiting, bands, bins } = baseline;
  return [
    `${name} (baseline ${id})\n`,
    `  made of        ${schedule_id === null ? 'chosen scans' : `schedule ${schedule_id}`}\n`,
    `  scans          ${included} included, ${excluded} excluded, ${waiting} waiting\n`,
    `  first, last    ${time(baseline.first_session_at)}, ${time(baseline.last_session_at)} UTC\n`,
    `  cells          ${cells}\n`,
    `  grows          ${growth(baseline)}\n\n`,
    table(
      ['BAND', 'FROM MHZ', 'TO MHZ'],
      bands.map(({ index, from_hz, to_hz }) => [String(index), megahertz(from_hz), megahertz(to_hz)]),
    ),
    '\n',
    table(
      ['TIME', 'SCANS', 'SPREAD DB'],
      bins.map(({ bin, sessions, spread_db }) => [bin, String(sessions), decibels(spread_db)]),
    ),
  ].join('');
}

function growth({ schedule_id, is_growing }: Baseline): string {
  return schedule_id !== null && is_growing ? 'yes' : 'no';
}

function megahertz(hz: number): string {
  return String(Number((hz / 1e6).toFixed(4)));
}

function membersTable(found: readonly BaselineSession[]): string {
  return table(
    ['SCAN', 'STARTED (UTC)', 'STATUS', 'CHANGES', 'OFFSET DB', 'MASKED CELLS', 'REASON'],
    found.map(({ session_id, started_at, status, anomalies, offset_db, masked, is_by_user, reason }) => [
      String(session_id),
      time(started_at),
      is_by_user ? `${status} by a user` : status,
      String(anomalies ?? '-'),
      decibels(offset_db),
      String(masked),
      reason ?? '-',
    ]),
  );
}
