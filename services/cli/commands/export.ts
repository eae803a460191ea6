import { Option, type Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { idParser, parseBand, parseNumber, parseWhole, type BandParameters } from '../arguments.ts';
import type { Context } from '../context.ts';
import { toJsonLine } from '../output.ts';
import { writeAtomically } from '../atomic-write.ts';

const FORMATS = ['png', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

interface Options {
  output: string;
  format?: Format;
  force?: boolean;
  corrected?: boolean;
  band?: BandParameters;
  separator?: string;
  decimal?: string;
  projection?: string;
  fit?: boolean;
  theme?: string;
  size?: number;
  palette?: string;
  min?: number;
  max?: number;
  json?: boolean;
}

const ONLY_CSV = ['separator', 'decimal'] as const;
const ONLY_PNG = ['projection', 'fit', 'size', 'theme', 'palette', 'min', 'max'] as const;

/** `skyscan export ID -o FILE` */
export function exportScan(program: Command, context: Context): void {
  const { api, out, err } = context;
  program
    .command('export')
    .description('export a scan: its map as PNG, or its measurements as CSV or JSON')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .requiredOption('-o, --output <file>', 'output file; - is standard output')
    .addOption(new Option('--format <format>', 'default: the extension of the file').choices(FORMATS))
    .option('--force', 'overwrite an existing file')
    .option('--corrected', 'correct the levels for the drift of the receiver')
    .option(
      '--band <from-to>',
      'frequency range of the stored spectra in Hz, optionally with a statistic: 433.9e6-434.1e6:max',
      parseBand,
    )
    .addOption(
      new Option('--separator <name>', 'CSV: column separator').choices(['comma', 'semicolon', 'tab']),
    )
    .addOption(
      new Option('--decimal <name>', 'CSV: decimal mark; comma needs another separator').choices([
        'point',
        'comma',
      ]),
    )
    .addOption(
      new Option('--projection <projection>', 'PNG: projection of the map').choices(['polar', 'rectangular']),
    )
    .option('--fit', 'PNG: fit a polar map to the cells of the scan')
    .option('--size <pixels>', 'PNG: width in pixels', parseWhole('size', 64, 4_096))
    .addOption(new Option('--theme <theme>', 'PNG: colour theme').choices(['light', 'dark']))
    .option('--palette <name>', 'PNG: palette; the API documentation lists them')
    .option('--min <level>', 'PNG: level of the darkest colour', parseNumber('min', -300, 300, 'dB'))
    .option('--max <level>', 'PNG: level of the brightest colour', parseNumber('max', -300, 300, 'dB'))
    .option('--json', 'print a summary as JSON')
    .action(async (id: number, options: Options) => {
      const format = formatOf(options);
      rejectUnusedOptions(options, format);
      const chunks = api().stream(`/api/skyscan/${id}/${pathOf(options, format)}`);
      if (options.output === '-') {
        for await (const chunk of chunks) if (out.write(chunk) === false) await out.drained?.();
        return;
      }
      const bytes = await writeAtomically(options.output, chunks, options.force ?? false);
      const summary = { session_id: id, file: options.output, format, bytes };
      if (options.json) out.write(toJsonLine(summary));
      else err.write(`${options.output}: ${bytes} bytes\n`);
    });
}

function formatOf({ output, format }: Options): Format {
  if (format) return format;
  const extension = /\.(\w+)$/.exec(output)?.[1]?.toLowerCase();
  const found = FORMATS.find((name) => name === extension);
  if (found) return found;
  throw new SkyScanError(
    'invalid',
    output === '-'
      ? `standard output has no extension: set --format ${FORMATS.join('|')}`
      : `${output} has none of the extensions .${FORMATS.join(', .')}: set --format`,
  );
}

function rejectUnusedOptions(options: Options, format: Format): void {
  const unusedPng = ONLY_PNG.find((name) => options[name] !== undefined);
  if (format !== 'png' && unusedPng)
    throw new SkyScanError('invalid', `--${unusedPng} is for PNG, not for ${format}`);
  const unusedCsv = ONLY_CSV.find((name) => options[name] !== undefined);
  if (format !== 'csv' && unusedCsv)
    throw new SkyScanError('invalid', `--${unusedCsv} is for CSV, not for ${format}`);
}

function pathOf(options: Options, format: Format): string {
  const query = new URLSearchParams({ ...(format !== 'png' && { format }), ...options.band });
  for (const name of [...ONLY_PNG, ...ONLY_CSV, 'corrected'] as const)
    if (options[name] !== undefined) query.set(name, String(options[name]));
  return `${format === 'png' ? 'map.png' : 'measurements'}?${query.toString()}`;
}
