import type { Command } from 'commander';
import { MAX_ID } from '#contract/ids';
import { SkyScanError } from '#shared/base/errors';
import type { CatalogueEntry } from '#contract/rest/sources';
import type { Api } from '../api.ts';
import type { Context } from '../context.ts';
import { minuteOf, table, toJson } from '../output.ts';
import { siteOption } from './sites.ts';
import { frequenciesOf } from './source-frequencies.ts';

interface Options {
  known?: boolean;
  unknown?: boolean;
  ignored?: boolean;
  site?: number;
  json?: boolean;
}

/** `skyscan catalogue` */
export function catalogue(program: Command, { api, out }: Context): void {
  program
    .command('catalogue')
    .description('list the sources of all scans, the newest first')
    .option('--known', 'only sources that are marked as known')
    .option('--unknown', 'only sources that are not')
    .option('--ignored', 'only sources that users ignore, which the list omits otherwise')
    .addOption(siteOption('only sources of this site'))
    .option('--json', 'print the JSON of the API')
    .action(async ({ known, unknown, ignored, site, json }: Options) => {
      if (known && unknown) throw new SkyScanError('invalid', '--known and --unknown: use one of them');
      const found = await loadAll(api(), {
        ...((known || unknown) && { is_known: String(known === true) }),
        ...(ignored && { is_ignored: 'true' }),
        ...(site !== undefined && { site_id: String(site) }),
      });
      out.write(json ? toJson(found) : toTable(found));
    });
}

const PAGE_SIZE = 1_000;

async function loadAll(api: Api, filter: Record<string, string>): Promise<CatalogueEntry[]> {
  const all: CatalogueEntry[] = [];
  for (;;) {
    const query = new URLSearchParams({ ...filter, before_id: String(all.at(-1)?.id ?? MAX_ID) });
    const page = await api.get(`/api/sources?${query.toString()}`);
    all.push(...page);
    if (page.length < PAGE_SIZE) return all;
  }
}

function toTable(found: readonly CatalogueEntry[]): string {
  return table(
    [
      'ID',
      'NAME',
      'AZIMUTH DEG',
      'ELEVATION DEG',
      'MHZ',
      'PEAK DB',
      'FIRST SEEN (UTC)',
      'LAST SEEN (UTC)',
      'SIGHTINGS',
      'SEEN IN SESSIONS',
      'KNOWN',
    ],
    found.map((entry) => [
      String(entry.id),
      entry.name ?? entry.identity ?? '-',
      entry.azimuth.toFixed(2),
      entry.elevation.toFixed(2),
      frequenciesOf(entry),
      entry.peak_db?.toFixed(1) ?? '-',
      minuteOf(entry.first_seen),
      minuteOf(entry.last_seen),
      String(entry.sightings),
      `${entry.sessions_seen} of ${entry.sessions_covered ?? '?'}`,
      entry.is_known ? 'yes' : 'no',
    ]),
  );
}
