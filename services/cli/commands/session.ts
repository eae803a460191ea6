import type { Command } from 'commander';
import { idParser } from '../arguments.ts';
import type { Context } from '../context.ts';
import { toJson, toJsonLine } from '../output.ts';
import { hasEnded } from '#contract/session-status';
import { loadScan } from '../scan/scan-view.ts';
import { showScan } from '../scan/show-scan.ts';
import { watchScan } from '../scan/watch-scan.ts';

const ID = 'scan id, see `skyscan sessions`';
const parseId = idParser('a scan');

const ACTIONS = [
  ['pause', 'pause a scan; its rotator holds its position'],
  ['resume', 'resume a paused scan'],
  ['cancel', 'cancel a scan; measured points are kept'],
] as const;

/** `skyscan show|watch|pause|resume|cancel ID` */
export function session(program: Command, context: Context): void {
  const { api, out } = context;
  program
    .command('show')
    .description('show a scan and its map')
    .argument('<scan>', ID, parseId)
    .option('--json', 'print the JSON of the API, without the map')
    .action(async (id: number, { json }: { json?: boolean }) => {
      if (json) out.write(toJson(await api().get(`/api/skyscan/${id}`)));
      else {
        const size = { columns: out.columns ?? 80, rows: out.rows ?? 30, depth: context.colours };
        out.write(showScan(await loadScan(api(), id), size));
      }
    });

  program
    .command('watch')
    .description('watch a scan until it ends; Ctrl-C leaves it running')
    .argument('<scan>', ID, parseId)
    .option('--json', 'print the messages of the API, one per line')
    .action(async (id: number, { json = false }: { json?: boolean }) => {
      const view = await loadScan(api(), id);
      if (!hasEnded(view.session.status) || json) await watchScan(context, view, { json, mayCancel: false });
      else {
        const size = { columns: out.columns ?? 80, rows: out.rows ?? 30, depth: context.colours };
        out.write(showScan(view, size));
      }
    });

  for (const [action, description] of ACTIONS)
    program
      .command(action)
      .description(description)
      .argument('<scan>', ID, parseId)
      .option('--json', 'print the JSON of the API')
      .action(async (id: number, { json }: { json?: boolean }) => {
        const answer = await api().post(`/api/skyscan/${id}/${action}`);
        out.write(json ? toJsonLine(answer) : `Scan ${id} is ${answer.status}.\n`);
      });
}
