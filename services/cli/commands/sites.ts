import type { Site } from '#contract/rest/sites';
import { Option, type Command } from 'commander';
import { LOCAL_SITE } from '#shared/base/site-name';
import { idParser } from '../arguments.ts';
import type { Context } from '../context.ts';
import { table, toJson } from '../output.ts';

/** `skyscan sites` */
export function sites(program: Command, { api, out }: Context): void {
  program
    .command('sites')
    .description('list the sites, oldest first')
    .option('--json', 'print the JSON of the API')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await api().get('/api/sites');
      out.write(json ? toJson(found) : toTable(found));
    });
}

/** The option of commands that list what belongs to sites. */
export function siteOption(description: string): Option {
  return new Option('--site <id>', description).argParser(idParser('a site'));
}

/** The query of a list; without site of all. */
export function siteQuery(site: number | undefined): '' | `?${string}` {
  return site === undefined ? '' : `?site_id=${site}`;
}

function withoutAddress({ id }: Site): string {
  return id === LOCAL_SITE.id ? '-' : 'dials in';
}

function toTable(found: readonly Site[]): string {
  return table(
    ['ID', 'NAME', 'LATITUDE DEG', 'LONGITUDE DEG', 'HEIGHT M', 'SCAN-ORCHESTRATOR', 'ROTOR-DRIVER'],
    found.map((site) => [
      String(site.id),
      site.name,
      String(site.latitude_deg ?? '-'),
      String(site.longitude_deg ?? '-'),
      String(site.height_m ?? '-'),
      ...[site.orchestrator_address, site.rotor_driver_address].map(
        (address) => address ?? withoutAddress(site),
      ),
    ]),
  );
}
