import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { PublishedRun, PublishedSchedule, ScheduleBody } from '#contract/rest/schedules';
import { triggerText } from '#contract/schedule-text';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import { idParser } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { minuteOf, table, toJson } from '../output.ts';

const SCHEDULE = idParser('a schedule');

/** `skyscan schedules` */
export function schedules(program: Command, context: Context): void {
  const { api, out } = context;
  const group = program.command('schedules').description('scans that start at their times');
  group
    .command('list')
    .description('list all schedules, oldest first')
    .option('--json', 'print the JSON of the API')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await api().get('/api/schedules');
      out.write(json ? toJson(found) : toTable(found));
    });
  group
    .command('history')
    .description('list the runs of a schedule, newest first')
    .argument('<id>', 'the schedule', SCHEDULE)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const runs = await api().get(`/api/schedules/${id}/runs`);
      out.write(json ? toJson(runs) : runsTable(runs));
    });
  group
    .command('next')
    .description('list the next times at which a schedule is due, UTC')
    .argument('<id>', 'the schedule', SCHEDULE)
    .action(async (id: number) => {
      const times = await api().get(`/api/schedules/${id}/upcoming`);
      out.write(times.length === 0 ? 'none\n' : `${times.join('\n')}\n`);
    });
  group
    .command('add')
    .description('create a schedule from a file: the JSON of POST /api/schedules')
    .argument('<file>')
    .action(async (file: string) => {
      const created = await api().post('/api/schedules', await readSchedule(file));
      out.write(`Schedule ${created.id} is due next at ${created.next_run_at ?? '-'}.\n`);
    });
  group
    .command('run')
    .description('start the scan of a schedule now')
    .argument('<id>', 'the schedule', SCHEDULE)
    .action(async (id: number) => {
      await api().post(`/api/schedules/${id}/run`);
      out.write('The scan starts as soon as the rotator is free: skyscan schedules history shows it.\n');
    });
  for (const [action, done] of [
    ['pause', 'paused'],
    ['resume', 'resumed'],
  ] as const)
    group
      .command(action)
      .description(`${action} a schedule`)
      .argument('<id>', 'the schedule', SCHEDULE)
      .action(async (id: number) => {
        await api().post(`/api/schedules/${id}/${action}`);
        out.write(`Schedule ${id} is ${done}.\n`);
      });
  group
    .command('remove')
    .description('delete a schedule and its history; its scans stay')
    .argument('<id>', 'the schedule', SCHEDULE)
    .option('--yes', 'do not ask for confirmation')
    .action(async (id: number, { yes }: { yes?: boolean }) => {
      if (!yes) await confirm(context, `Delete schedule ${id}?`, 'nothing was deleted');
      await api().delete(`/api/schedules/${id}`);
      out.write(`Schedule ${id} deleted.\n`);
    });
}

async function readSchedule(file: string): Promise<ScheduleBody> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ScheduleBody;
  } catch (error) {
    throw new SkyScanError('invalid', `cannot read ${file}: ${errorMessage(error)}`, { cause: error });
  }
}

const time = (text: string | null) => (text === null ? '-' : minuteOf(text));

function toTable(found: readonly PublishedSchedule[]): string {
  return table(
    ['ID', 'NAME', 'WHEN', 'TIME ZONE', 'ROTOR', 'NEXT (UTC)', 'LAST (UTC)', 'LAST RUN'],
    found.map((schedule) => [
      String(schedule.id),
      schedule.name,
      triggerText(schedule.trigger),
      schedule.time_zone,
      String(schedule.scan.rotor_id),
      schedule.is_paused ? 'paused' : time(schedule.next_run_at),
      time(schedule.last_run?.due_at ?? null),
      schedule.last_run ? outcome(schedule.last_run) : '-',
    ]),
  );
}

function runsTable(runs: readonly PublishedRun[]): string {
  return table(
    ['DUE (UTC)', 'RUN'],
    runs.map((run) => [time(run.due_at), outcome(run)]),
  );
}

/** `started: scan 12`, `skipped: the rotor has a scan`, `missed 3: Sky Scan was not running`. */
function outcome({ status, session_id, removed_session_id, problem, missed }: PublishedRun): string {
  const what = missed > 1 ? `${status} ${missed}` : status;
  const removed = removed_session_id === null ? problem : `scan ${removed_session_id}, which was deleted`;
  const why = session_id === null ? removed : `scan ${session_id}`;
  return why === null ? what : `${what}: ${why}`;
}
