import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Satellites } from '#contract/rest/known-sky';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Api } from '../api.ts';
import type { Context } from '../context.ts';
import { printable, table, toJson } from '../output.ts';

/** `skyscan satellites`, `skyscan emitters`: what is known of the sky. */
export function knownSky(program: Command, { api, out }: Context): void {
  program
    .command('satellites')
    .description('show what is known of satellites, or upload it')
    .option('--upload <file>', 'replace the orbital elements: OMM as JSON or CSV, or TLE')
    .option('--frequencies <file>', 'replace the frequencies: JSON of SatNOGS DB')
    .option('--json', 'print the JSON of the API')
    .action(async (options: { upload?: string; frequencies?: string; json?: boolean }) => {
      const { upload: elements, frequencies, json } = options;
      if (elements !== undefined) await upload(api(), '/api/satellites/elements', elements);
      if (frequencies !== undefined) await upload(api(), '/api/satellites/frequencies', frequencies);
      const found = await api().get('/api/satellites');
      out.write(json ? toJson(found) : toText(found));
    });
  program
    .command('emitters')
    .description('print the emitters on the ground as GeoJSON, or upload them')
    .option('--upload <file>', 'replace the emitters: GeoJSON with points')
    .action(async ({ upload: file }: { upload?: string }) => {
      if (file === undefined) {
        out.write(toJson(await api().get('/api/emitters')));
        return;
      }
      const { count } = (await upload(api(), '/api/emitters', file)) as { count: number };
      out.write(`${count} emitters stored\n`);
    });
}

/** Sends a file. Throws `invalid` if it cannot be read. */
async function upload(api: Api, path: string, file: string): Promise<unknown> {
  const body = await readFile(file).catch((error: unknown) => {
    throw new SkyScanError('invalid', `cannot read ${file}: ${errorMessage(error)}`, { cause: error });
  });
  const response = await api.fetch(path, { method: 'PUT', body });
  return response.json();
}

function toText({
  count,
  age_days,
  source,
  frequencies,
  skipped,
  first_reason,
  problem,
}: Satellites): string {
  const row = [
    String(count),
    age_days === null ? '-' : String(age_days),
    source ?? '-',
    String(frequencies?.count ?? 0),
  ];
  const notes = [
    ...(skipped > 0 ? [`${skipped} records skipped: ${first_reason ?? 'unknown'}`] : []),
    ...(problem === null ? [] : [problem]),
  ];
  return (
    table(['SATELLITES', 'AGE DAYS', 'SOURCE', 'WITH FREQUENCIES'], [row]) +
    notes.map((note) => `${printable(note)}\n`).join('')
  );
}
