import type { Receiver } from '#contract/rest/receivers';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { table, toJson } from '../output.ts';
import { siteOption, siteQuery } from './sites.ts';

/** `skyscan receivers` */
export function receivers(program: Command, { api, out }: Context): void {
  program
    .command('receivers')
    .description('list the receivers and their state')
    .addOption(siteOption('receivers of this site; default: the local one'))
    .option('--json', 'print the JSON of the API')
    .action(async ({ json, site }: { json?: boolean; site?: number }) => {
      const found = await api().get(`/api/receivers${siteQuery(site)}`);
      out.write(json ? toJson(found) : toTable(found));
    });
}

function toTable(found: readonly Receiver[]): string {
  return table(
    ['NAME', 'TUNER', 'SAMPLE RATE MHZ', 'CALIBRATIONS', 'TROUBLE'],
    found.map(({ name, tuner, sample_rate_hz, calibrations, trouble }) => [
      name,
      tuner ?? '-',
      sample_rate_hz === null ? '-' : String(sample_rate_hz / 1e6),
      String(calibrations.length),
      trouble ?? '',
    ]),
  );
}
