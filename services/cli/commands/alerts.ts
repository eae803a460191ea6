import type { Command } from 'commander';
import type { Alert, AlertEvent } from '#contract/rest/alerts';
import { SkyScanError } from '#shared/base/errors';
import { idParser, parseNumber } from '../arguments.ts';
import type { Context } from '../context.ts';
import { minuteOf, table, toJson } from '../output.ts';

const ALERT = idParser('an alert');
const HOURS = parseNumber('hours', 0.1, 8_784, 'h');
const JSON_OPTION = ['--json', 'print the JSON of the API'] as const;

/** `skyscan alerts` */
export function alerts(program: Command, context: Context): void {
  const { api, out } = context;
  const group = program.command('alerts').description('changes of the sky, and schedules without data');
  group
    .command('list', { isDefault: true })
    .description('list the alerts that are not cleared, newest first')
    .option('--all', 'also those that are cleared')
    .option(...JSON_OPTION)
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const found = all
        ? await api().get('/api/alerts?limit=500')
        : await Promise.all(
            (['open', 'acknowledged'] as const).map((status) =>
              api().get(`/api/alerts?status=${status}&limit=500`),
            ),
          ).then((lists) => lists.flat().sort((a, b) => b.id - a.id));
      out.write(json ? toJson(found) : found.length === 0 ? 'No alerts.\n' : toTable(found));
    });
  group
    .command('show')
    .description('show an alert and its history')
    .argument('<id>', 'the alert', ALERT)
    .option(...JSON_OPTION)
    .action(async (id: number, { json }: { json?: boolean }) => {
      const alert = await api().get(`/api/alerts/${id}`);
      const events = await api().get(`/api/alerts/${id}/events`);
      out.write(json ? toJson({ ...alert, events }) : toTable([alert]) + eventsTable(events));
    });
  group
    .command('ack')
    .description('acknowledge an alert, until it is cleared')
    .argument('<id>', 'the alert', ALERT)
    .option('--note <text>', 'a note to store with it')
    .action(async (id: number, { note }: { note?: string }) => {
      await api().post(`/api/alerts/${id}/acknowledge`, { ...(note !== undefined && { note }) });
      out.write(`Alert ${id} is acknowledged.\n`);
    });
  group
    .command('silence')
    .description('send nothing of an alert for some time')
    .argument('<id>', 'the alert', ALERT)
    .option('--hours <n>', 'how long', HOURS, 168)
    .action(async (id: number, { hours }: { hours: number }) => {
      const { silent_until } = await api().post(`/api/alerts/${id}/silence`, { hours });
      out.write(`Alert ${id} is silent until ${minuteOf(silent_until ?? '')} UTC.\n`);
    });
  group
    .command('rules')
    .description('list the rules, oldest first')
    .option(...JSON_OPTION)
    .action(async ({ json }: { json?: boolean }) => {
      const rules = await api().get('/api/alert-rules');
      if (json) return void out.write(toJson(rules));
      const rows = rules.map((rule) => [
        String(rule.id),
        rule.name,
        rule.is_enabled ? 'yes' : 'no',
        rule.schedule_id === null ? 'all' : String(rule.schedule_id),
        rule.kinds.join(','),
        rule.channel_ids.join(',') || '-',
      ]);
      out.write(table(['ID', 'NAME', 'ENABLED', 'SCHEDULE', 'KINDS', 'CHANNELS'], rows));
    });
  group
    .command('channels')
    .description('list the channels that messages are sent to')
    .option(...JSON_OPTION)
    .action(async ({ json }: { json?: boolean }) => {
      const channels = await api().get('/api/alert-channels');
      if (json) return void out.write(toJson(channels));
      const rows = channels.map(({ id, name, kind, is_enabled, problem }) => [
        String(id),
        name,
        kind,
        is_enabled ? 'yes' : 'no',
        problem ?? '-',
      ]);
      out.write(table(['ID', 'NAME', 'KIND', 'ENABLED', 'PROBLEM'], rows));
    });
  group
    .command('test')
    .description('send a test message to a channel now')
    .argument('<id>', 'the channel', idParser('a channel'))
    .action(async (id: number) => {
      const { is_delivered, problem } = await api().post(`/api/alert-channels/${id}/test`);
      if (!is_delivered)
        throw new SkyScanError('wrong_state', `channel ${id}: ${problem ?? 'not delivered'}`);
      out.write('Delivered.\n');
    });
}

function toTable(found: readonly Alert[]): string {
  return table(
    ['ID', 'STATUS', 'ALERT', 'Z', 'RAISED (UTC)', 'LAST SEEN (UTC)', 'SCANS'],
    found.map((alert) => [
      String(alert.id),
      alert.status,
      alert.reason === null ? alert.title : `${alert.title}: ${alert.reason}`,
      alert.z?.toFixed(1) ?? '-',
      minuteOf(alert.raised_at),
      minuteOf(alert.last_seen_at),
      String(alert.sessions_seen),
    ]),
  );
}

function eventsTable(events: readonly AlertEvent[]): string {
  return table(
    ['AT (UTC)', 'EVENT', 'SCAN', 'Z', 'CHANGE', 'NOTE'],
    events.map(({ at, event, session_id, z, change_db, note }) => [
      minuteOf(at),
      event,
      session_id === null ? '-' : String(session_id),
      z?.toFixed(1) ?? '-',
      change_db === null ? '-' : `${change_db.toFixed(1)} dB`,
      note ?? '-',
    ]),
  );
}
