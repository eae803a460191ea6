import { Option, type Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { idParser, parseBand, parseNumber, parseWhole, type BandParameters } from '../arguments.ts';
import type { Context } from '../context.ts';
import { toJsonLine } from '../output.ts';
import { writeAtomically } from '../atomic-write.ts';

const FORMATS = ['png', 'csv', 'json', 'fits', 'healpix', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

const TITLES = {
  png: 'PNG',
  csv: 'CSV',
  json: 'JSON',
  fits: 'FITS',
  healpix: 'HEALPix',
  parquet: 'Parquet',
} as const;

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
  coordinates?: string;
  nside?: number;
  precision?: string;
  spectra?: boolean;
  json?: boolean;
}

/** Options that not every format has. */
const ONLY = {
  png: ['projection', 'fit', 'size', 'theme', 'palette', 'min', 'max'],
  csv: ['separator', 'decimal'],
  json: [],
  fits: ['spectra'],
  healpix: ['coordinates', 'nside'],
  parquet: ['spectra', 'precision'],
} as const satisfies Record<Format, readonly (keyof Options)[]>;
type FormatOption = (typeof ONLY)[Format][number];

/** `skyscan export ID -o FILE` */
export function exportScan(program: Command, context: Context): void {
  const { api, out, err } = context;
  program
    .command('export')
    .description('export a scan: its map as PNG, or its measurements as CSV, JSON, FITS, HEALPix or Parquet')
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
    .addOption(
      new Option('--coordinates <system>', 'HEALPix: of the map').choices(['horizontal', 'equatorial']),
    )
    .option('--nside <number>', 'HEALPix: a power of two', parseWhole('nside', 1, 512))
    .addOption(
      new Option(
        '--precision <precision>',
        'Parquet: levels and angles as stored, or in thousandths',
      ).choices(['exact', 'milli']),
    )
    .option(
      '--spectra',
      'FITS, Parquet: the stored spectra, as a cube or as a list per point; --band selects channels',
    )
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
  const own: readonly FormatOption[] = ONLY[format];
  const unused = FORMATS.flatMap((other): readonly FormatOption[] => ONLY[other]).find(
    (name) => options[name] !== undefined && !own.includes(name),
  );
  if (!unused) return;
  const formats = FORMATS.filter((other) => (ONLY[other] as readonly FormatOption[]).includes(unused));
  const titles = formats.map((other) => TITLES[other]).join(' and ');
  throw new SkyScanError('invalid', `--${unused} is for ${titles}, not for ${format}`);
}

function pathOf(options: Options, format: Format): string {
  const isText = format === 'csv' || format === 'json';
  const query = new URLSearchParams({ ...(isText && { format }), ...options.band });
  for (const name of [...ONLY[format], 'corrected'] as const)
    if (name !== 'spectra' && options[name] !== undefined) query.set(name, String(options[name]));
  if (options.spectra) query.set('content', 'spectra');
  const path = format === 'png' ? 'map.png' : isText ? 'measurements' : `export.${format}`;
  return `${path}?${query.toString()}`;
}
