import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Crossing, SolveAnswer } from '#contract/rest/bearings';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Context } from '../context.ts';
import { table, toJson } from '../output.ts';

interface Options {
  format: 'table' | 'json' | 'geojson' | 'kml';
}

/** `skyscan bearings` */
export function bearings(program: Command, { api, out }: Context): void {
  program
    .command('bearings')
    .description('find where the bearings of several sites cross')
    .argument('<file>', 'JSON: the bearings, or the body of POST /api/bearings/solve')
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(['table', 'json', 'geojson', 'kml'])
        .default('table'),
    )
    .option('--json', 'print the JSON of the API')
    .action(async (file: string, { format, json }: Options & { json?: boolean }) => {
      const request = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(await requestIn(file)),
      };
      const wanted = json ? 'json' : format;
      const query = wanted === 'table' ? 'json' : wanted;
      const response = await api().fetch(`/api/bearings/solve?format=${query}`, request);
      if (wanted === 'geojson' || wanted === 'kml') {
        out.write(`${(await response.text()).trimEnd()}\n`);
        return;
      }
      const answer = (await response.json()) as SolveAnswer;
      out.write(wanted === 'json' ? toJson(answer) : toTable(answer));
    });
}

/** Throws `invalid` if the file cannot be read or is not JSON; the API checks the rest. */
async function requestIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SkyScanError('invalid', `cannot read ${file}: ${errorMessage(error)}`);
  });
  try {
    const content: unknown = JSON.parse(text);
    return Array.isArray(content) ? { bearings: content } : content;
  } catch (error) {
    throw new SkyScanError('invalid', `${file} is not JSON: ${errorMessage(error)}`);
  }
}

function toTable({ crossings, no_place }: SolveAnswer): string {
  if (no_place) return `No place: ${no_place.message}\n`;
  return table(
    ['STATUS', 'LATITUDE DEG', 'LONGITUDE DEG', 'ERROR 95 %', 'CROSSING DEG', 'SITES', 'NOTE'],
    crossings.map((crossing) => [
      crossing.status,
      crossing.latitude_deg.toFixed(5),
      crossing.longitude_deg.toFixed(5),
      errorText(crossing),
      crossing.crossing_deg.toFixed(1),
      crossing.bearings.map(({ name }) => name).join(', '),
      crossing.note ?? '',
    ]),
  );
}

/** The half axes of the ellipse. */
function errorText({ area }: Crossing): string {
  if (area.kind === 'region') return area.is_open ? 'open region' : 'region';
  return `${Math.round(area.semi_major_m)} x ${Math.round(area.semi_minor_m)} m`;
}
