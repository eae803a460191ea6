import { counted } from '#shared/base/plurals';
import { SESSION_STATUSES } from '#contract/session-status';
import { Option, type Command } from 'commander';
import { idParser, parseWhole } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { table, toJson } from '../output.ts';
import { siteOption } from './sites.ts';
import type { Session } from '#contract/rest/sessions';

interface Options {
  status?: string;
  rotor?: number;
  site?: number;
  limit: number;
  json?: boolean;
}

/** `skyscan sessions`, `skyscan sessions delete ID` */
export function sessions(program: Command, context: Context): void {
  const { api, out } = context;
  const list = program
    .command('sessions')
    .description('list scans, newest first')
    .addOption(new Option('--status <status>', 'only scans with this status').choices(SESSION_STATUSES))
    .option('--rotor <id>', 'only scans of this rotator', idParser('a rotator'))
    .addOption(siteOption('only scans of this site'))
    .option('--limit <n>', 'at most this many', parseWhole('limit', 1, 500), 50)
    .option('--json', 'print the JSON of the API')
    .action(async ({ status, rotor, site, limit, json }: Options) => {
      const query = new URLSearchParams({
        limit: String(limit),
        ...(status !== undefined && { status }),
        ...(rotor !== undefined && { rotor_id: String(rotor) }),
        ...(site !== undefined && { site_id: String(site) }),
      });
      const found = await api().get(`/api/skyscan/sessions?${query.toString()}`);
      out.write(json ? toJson(found) : toTable(found));
    });

  list
    .command('delete')
    .description('delete a scan with its points, spectra and sources; this cannot be undone')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .option('--yes', 'do not ask for confirmation')
    .action(async (id: number, { yes }: { yes?: boolean }) => {
      const { status, completed_points } = await api().get(`/api/skyscan/${id}`);
      if (!yes)
        await confirm(
          context,
          `Delete scan ${id} (${status}, ${counted(completed_points, 'point')})?`,
          'nothing was deleted',
        );
      await api().delete(`/api/skyscan/${id}`);
      out.write(`Deleted scan ${id}.\n`);
    });
}

function toTable(found: readonly Session[]): string {
  return table(
    ['ID', 'ROTOR', 'STATUS', 'POINTS', 'AZIMUTH', 'ELEVATION', 'STEP', 'STARTED (UTC)', 'NOTES'],
    found.map((session) => [
      String(session.id),
      String(session.rotor_id),
      session.status,
      `${session.completed_points}/${session.total_points}`,
      `${session.az_start}..${session.az_end}`,
      `${session.el_start}..${session.el_end}`,
      String(session.step_deg),
      session.started_at?.replace('T', ' ') ?? '-',
      session.notes ?? '',
    ]),
  );
}
