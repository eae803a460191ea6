import type { Receiver } from '#contract/rest/receivers';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { table, toJson } from '../output.ts';

/** `skyscan receivers` */
export function receivers(program: Command, { api, out }: Context): void {
  program
    .command('receivers')
    .description('the receivers, and how they are')
    .option('--json', 'as the API says it')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await api().get<Receiver[]>('/api/receivers');
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
