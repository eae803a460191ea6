import { Option, type Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { decimalsOf, patternRows, type PatternRow } from '#contract/pattern-rows';
import type { AntennaPattern } from '#contract/rest/patterns';
import { idParser, parseBand, parseNumber, type BandParameters } from '../arguments.ts';
import { writeAtomically } from '../atomic-write.ts';
import type { Context } from '../context.ts';
import { printable, table, toJson, toJsonLine, type Stream } from '../output.ts';
import { barChart } from '../terminal/bar-chart.ts';

interface Options {
  source?: string;
  satellite?: string;
  emitter?: string;
  azimuth?: number;
  elevation?: number;
  band?: BandParameters;
  diameter?: number;
  distance?: number;
  sourceWidth?: number;
  background?: number;
  flux?: number;
  fluxSigma?: number;
  gain?: number;
  mask?: string;
  highGain?: number;
  fill?: number;
  polarization?: string;
  output?: string;
  force?: boolean;
  json?: boolean;
}

/** Ends of file names, and of the address of the API. */
const FILES = {
  msi: 'msi',
  pln: 'msi',
  nsma: 'nsma',
  csv: 'csv',
  az: 'splat.az',
  el: 'splat.el',
  png: 'png',
} as const;
type PatternFile = (typeof FILES)[keyof typeof FILES];
/** Which files an option is for. */
const ONLY = {
  fill: ['msi', 'nsma', 'splat.az', 'splat.el'],
  polarization: ['nsma'],
} as const satisfies Record<string, readonly PatternFile[]>;
const HEIGHT = 10;
/** Characters beside the bars: `-100 dB `. */
const AXIS_WIDTH = 8;

/** `skyscan pattern ID` */
export function pattern(program: Command, { api, out, err }: Context): void {
  program
    .command('pattern')
    .description('measure the pattern of the antenna from a scan over a source of known direction')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .addOption(new Option('--source <name>', 'what was scanned').choices(['sun', 'moon']))
    .option('--satellite <name>', 'a satellite was scanned: name or catalogue number')
    .option('--emitter <name>', 'an emitter was scanned')
    .option('--azimuth <deg>', 'of a source that does not move', parseNumber('azimuth', -360, 360, 'deg'))
    .option('--elevation <deg>', 'of a source that does not move', parseNumber('elevation', -10, 90, 'deg'))
    .option('--band <from-to>', 'only these channels of the stored spectra, Hz: 433.9e6-434.1e6', parseBand)
    .option('--diameter <m>', 'of the antenna, for ITU-R F.699', parseNumber('diameter', 0.01, 1_000, 'm'))
    .option('--distance <m>', 'of the source, for the far field', parseNumber('distance', 0.1, 1e9, 'm'))
    .option(
      '--source-width <deg>',
      'diameter of the source; default: 0.53 for Sun and Moon, else 0',
      parseNumber('source width', 0, 10, 'deg'),
    )
    .option(
      '--background <db>',
      'level without the source; default: far from the beam',
      parseNumber('background', -300, 300, 'dB'),
    )
    .option('--flux <sfu>', 'of the Sun, for G/T and temperature', parseNumber('flux', 0.1, 1e7, 'sfu'))
    .option('--flux-sigma <sfu>', 'standard deviation of --flux', parseNumber('flux sigma', 0, 1e7, 'sfu'))
    .option('--gain <dbi>', 'of the antenna, for the temperature', parseNumber('gain', -50, 100, 'dBi'))
    .option('--mask <angle:gain,...>', 'highest gains by angles from the axis, dB: 5:-12,20:-25')
    .option(
      '--high-gain <scan>',
      'scan with a higher gain whose peak is clipped, for levels far below the peak',
      idParser('a scan'),
    )
    .option('-o, --output <file>', 'write a file instead: .msi, .nsma, .csv, .az, .el (SPLAT!), .png')
    .option(
      '--fill <db>',
      'file: gain at angles that were not measured, relative to the peak',
      parseNumber('fill', -200, 0, 'dB'),
    )
    .addOption(new Option('--polarization <name>', 'NSMA: of the source').choices(['h', 'v']))
    .option('--force', 'overwrite an existing file')
    .option('--json', 'print the JSON of the API; with --output, a summary of the file')
    .action(async (id: number, options: Options) => {
      const { output, force = false, json } = options;
      const file = output === undefined ? undefined : fileOf(output);
      rejectUnusedOptions(options, file);
      const path = `/api/skyscan/${id}/pattern` as const;
      const query = queryOf(options);
      if (output !== undefined && file !== undefined) {
        const bytes = await writeAtomically(output, api().stream(`${path}.${file}?${query}`), force);
        if (json) out.write(toJsonLine({ session_id: id, file: output, format: file, bytes }));
        else err.write(`${output}: ${bytes} bytes\n`);
        return;
      }
      const found = await api().get(`${path}?${query}`);
      if (json) {
        out.write(toJson(found));
        return;
      }
      out.write(titleOf(found) + (out.isTTY ? toCharts(found, out) : '') + toTable(patternRows(found)));
      for (const { message } of found.warnings) err.write(`warning: ${printable(message)}\n`);
    });
}

function fileOf(output: string): PatternFile {
  const extension = /\.(\w+)$/.exec(output)?.[1]?.toLowerCase() ?? '';
  const found = Object.entries(FILES).find(([name]) => name === extension);
  if (found) return found[1];
  throw new SkyScanError(
    'invalid',
    `${output} has none of the extensions .${Object.keys(FILES).join(', .')}`,
  );
}

function rejectUnusedOptions(options: Options, file: PatternFile | undefined): void {
  if (options.force && file === undefined) throw new SkyScanError('invalid', '--force is for --output');
  if (options.band?.statistic !== undefined)
    throw new SkyScanError('invalid', '--band: a pattern has no statistic');
  for (const name of ['fill', 'polarization'] as const) {
    const files: readonly PatternFile[] = ONLY[name];
    if (options[name] !== undefined && (file === undefined || !files.includes(file)))
      throw new SkyScanError('invalid', `--${name} is for files: ${files.join(', ')}`);
  }
}

function queryOf(options: Options): string {
  const { source, satellite, emitter, azimuth, elevation, polarization } = options;
  const parameters = {
    source,
    satellite,
    emitter,
    azimuth,
    elevation,
    ...options.band,
    diameter_m: options.diameter,
    distance_m: options.distance,
    source_width_deg: options.sourceWidth,
    background_db: options.background,
    flux_sfu: options.flux,
    flux_sigma_sfu: options.fluxSigma,
    gain_dbi: options.gain,
    mask: options.mask,
    high_gain_session: options.highGain,
    fill_db: options.fill,
    polarization,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, String(value));
  return query.toString();
}

function titleOf({ source, points, frequency_hz }: AntennaPattern): string {
  return printable(`${points} points over ${source}, ${(frequency_hz / 1e6).toFixed(3)} MHz`) + '\n';
}

function toTable(rows: readonly PatternRow[]): string {
  const ascii = (text: string) => text.replaceAll('°', ' deg');
  return table(
    ['FIGURE', 'VALUE', 'UNIT', 'AT DEG'],
    rows.map(({ name, figure, unit, bound, atDeg, absent }) => [
      ascii(name),
      figure ? `${bound ? `${bound} ` : ''}${withSigma(figure)}` : absent,
      figure ? ascii(unit).trim() : '',
      figure && atDeg ? withSigma(atDeg) : '',
    ]),
  );
}

function withSigma(figure: NonNullable<PatternRow['figure']>): string {
  const decimals = decimalsOf(figure);
  const value = figure.value.toFixed(decimals);
  return figure.sigma === undefined ? value : `${value} +- ${figure.sigma.toFixed(decimals)}`;
}

/** Both cuts, a column for at least one degree. */
function toCharts({ cuts }: AntennaPattern, { columns = 80 }: Stream): string {
  const width = Math.max(10, columns - AXIS_WIDTH - 1);
  const label = (gainDb: number) => `${gainDb.toFixed(0)} dB`;
  return (['azimuth', 'elevation'] as const)
    .flatMap((plane) => {
      const gains = new Map(cuts[plane].map(({ angle_deg, gain_db }) => [Math.round(angle_deg), gain_db]));
      const [from, to] = [Math.min(...gains.keys()), Math.max(...gains.keys())];
      if (gains.size === 0) return [];
      const values = Array.from({ length: to - from + 1 }, (_, k) => gains.get(from + k) ?? null);
      const chart = barChart({ values, width, height: HEIGHT, label, ends: [`${from}`, `${to} deg`] });
      return [`${plane} plane, ${plane === 'azimuth' ? 'left to right' : 'below to above'}`, ...chart, ''];
    })
    .map((line) => `${line}\n`)
    .join('');
}
