import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import type { Spectrum, SpectrumSummary } from '#contract/rest/spectra';
import { idParser, parseWhole } from '../arguments.ts';
import type { Context } from '../context.ts';
import { table, toJson, type Stream } from '../output.ts';
import { barChart } from '../terminal/bar-chart.ts';

interface Options {
  seq?: number;
  cell?: number;
  band: number;
  json?: boolean;
}

const MAX_INTEGER = 2_147_483_647;
const HEIGHT = 16;
/** Characters beside the bars: `-100.0 dBFS `. */
const AXIS_WIDTH = 12;

/** `skyscan spectrum ID` */
export function spectrum(program: Command, { api, out }: Context): void {
  program
    .command('spectrum')
    .description('show a stored spectrum: a chart on a terminal, else a table')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .option('--seq <n>', 'of this point; default: summary of all points', parseWhole('seq', 1, MAX_INTEGER))
    .option('--cell <n>', 'of the point in this cell', parseWhole('cell', 0, MAX_INTEGER))
    .option('--band <n>', 'index of the band, from 0', parseWhole('band', 0, 9_999), 0)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { seq, cell, band, json }: Options) => {
      if (seq !== undefined && cell !== undefined)
        throw new SkyScanError('invalid', '--seq and --cell select a point: use one of them');
      const query = new URLSearchParams({
        band: String(band),
        ...(seq !== undefined && { seq: String(seq) }),
        ...(cell !== undefined && { cell: String(cell) }),
        ...(seq === undefined && cell === undefined && { summary: 'true' }),
      });
      const found = await api().get(`/api/skyscan/${id}/spectrum?${query.toString()}`);
      out.write(json ? toJson(found) : out.isTTY ? toChart(found, out) : toTable(found));
    });
}

type Found = Spectrum | SpectrumSummary;

/** The shown level: the mean of a point, the median of the means of a summary. */
function levelsOf(found: Found): readonly (number | null)[] {
  return ('points' in found ? found.median_db : found.mean_db) ?? [];
}

function toChart(found: Found, { columns = 80 }: Stream): string {
  const label = (value: number) => `${value.toFixed(1)} ${found.unit}`;
  const width = Math.max(10, columns - AXIS_WIDTH - 1);
  const chart = barChart({
    values: levelsOf(found),
    width,
    height: HEIGHT,
    label,
    ends: [megahertz(found, 0), `${megahertz(found, found.channels - 1)} MHz`],
  });
  return [titleOf(found), ...(chart.length > 0 ? chart : ['no level is known'])]
    .map((line) => `${line}\n`)
    .join('');
}

function titleOf(found: Found): string {
  const floor = found.floor_db === null ? '' : `, floor ${found.floor_db.toFixed(1)} ${found.unit}`;
  const what =
    'points' in found ? `median of ${found.points} points` : `mean of point ${found.seq}, cell ${found.cell}`;
  return `${what}, band ${found.band}, ${found.channels} channels of ${found.channel_hz} Hz${floor}`;
}

function toTable(found: Found): string {
  const levels = levelsOf(found);
  const text = (values: readonly (number | null)[] | null, channel: number) => {
    const value = values?.[channel] ?? null;
    return value === null ? '-' : String(value);
  };
  const level = 'points' in found ? 'MEDIAN' : 'MEAN';
  return table(
    ['MHZ', `${level} (${found.unit})`, `MAX (${found.unit})`, 'OCCUPANCY', 'FLAGS'],
    Array.from({ length: found.channels }, (_, channel) => [
      megahertz(found, channel),
      text(levels, channel),
      text(found.max_db, channel),
      text(found.occupancy, channel),
      String(found.flags[channel] ?? 0),
    ]),
  );
}

function megahertz({ first_channel_hz, channel_hz }: Found, channel: number): string {
  return String(Number(((first_channel_hz + channel * channel_hz) / 1e6).toFixed(6)));
}
