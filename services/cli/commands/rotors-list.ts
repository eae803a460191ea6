import type { Rotor } from '#contract/rest/rotors';
import type { Command } from 'commander';
import { table, toJson } from '../output.ts';
import type { Context } from '../context.ts';
import { siteOption, siteQuery } from './sites.ts';

/** `skyscan rotors list` */
export function rotorsList(rotors: Command, { api, out }: Context): void {
  rotors
    .command('list')
    .description('list all rotators, oldest first')
    .addOption(siteOption('only rotators of this site'))
    .option('--json', 'print the JSON of the API')
    .action(async ({ json, site }: { json?: boolean; site?: number }) => {
      const all = await api().get(`/api/rotors${siteQuery(site)}`);
      out.write(json ? toJson(all) : toTable(all));
    });
}

function toTable(rotors: readonly Rotor[]): string {
  return table(
    ['ID', 'NAME', 'ROTCTLD', 'SPEED DEG/S', 'ACCELERATION DEG/S2', 'SITE'],
    rotors.map((rotor) => [
      String(rotor.id),
      rotor.name,
      `${rotor.host}:${rotor.port}`,
      `${rotor.az_speed_deg_s}, ${rotor.el_speed_deg_s}`,
      `${rotor.az_acceleration_deg_s2}, ${rotor.el_acceleration_deg_s2}`,
      String(rotor.site_id),
    ]),
  );
}
