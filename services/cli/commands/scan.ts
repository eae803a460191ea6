import { Option, type Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { gridShape, MAX_ADDED_POINTS, MAX_GRID_POINTS } from '#shared/sky/grid-shape';
import {
  parseAzimuths,
  parseElevations,
  idParser,
  parseNumber,
  parseReference,
  parseWhole,
  type DegreeRange,
} from '../arguments.ts';
import type { FrameRequest } from '#contract/rest/frames';
import { parseSource } from '../source-argument.ts';
import { confirm } from '../confirm.ts';
import { parseBand } from '../frequencies.ts';
import { DetachedError, type Context } from '../context.ts';
import { printable, toJson, toJsonLine } from '../output.ts';
import type { ScanPreview, ScanRequestBody } from '#contract/rest/sessions';
import type { ApiBand } from '#contract/rest/bands';
import { MAX_CHANNELS, MIN_CHANNELS } from '#shared/spectrum/channel-count';
import { loadScan } from '../scan/scan-view.ts';
import { watchScan } from '../scan/watch-scan.ts';
import { formatDuration } from '#shared/base/durations';
import { counted } from '#shared/base/plurals';

interface Options {
  rotor: number;
  az?: DegreeRange;
  el?: DegreeRange;
  step?: number;
  reads?: number;
  mode?: 'step' | 'on-the-fly';
  grid?: keyof typeof GRIDS;
  around?: FrameRequest['source'];
  reference?: { azimuth: number; elevation: number; every_min?: number };
  spectrum?: number;
  band?: ApiBand[];
  /** True: with the default threshold. */
  refine?: number | true;
  refineStep?: number;
  refinePoints?: number;
  refineTime?: number;
  notes?: string;
  preview?: boolean;
  yes?: boolean;
  detach?: boolean;
  json?: boolean;
}

const HELP = `
Defaults: azimuth 0:360, elevation 18:65, step 2 deg, 10 reads.

On a terminal, the command asks for confirmation (unless --yes) and shows the growing map. Ctrl-C then asks whether to cancel the scan, to
leave it running or to keep watching; a second Ctrl-C leaves it running. Elsewhere the command writes lines, and Ctrl-C or SIGTERM leaves the
scan running.

  skyscan scan --rotor 1 --az 0:90 --el 20:60 --step 5
  skyscan scan --rotor 1 --az 350:10 --el 5:30 --step 1 --mode on-the-fly --yes
  skyscan scan --rotor 1 --spectrum 1024 --band 1090M/2M --band 868.3M/250k
  skyscan scan --rotor 1 --step 4.2 --refine --preview
  skyscan scan --rotor 1 --around sun --az -20:20 --el -20:20 --step 1`;

const parseChannels = parseWhole('channels', MIN_CHANNELS, MAX_CHANNELS);

/** `skyscan scan` */
export function scan(program: Command, context: Context): void {
  program
    .command('scan')
    .description('start a scan and watch it')
    .requiredOption('--rotor <id>', 'rotator id, see `skyscan rotors list`', idParser('a rotator'))
    .option('--az <from:to>', 'azimuth range, deg; 350:10 is a sector through north', parseAzimuths)
    .option('--el <from:to>', 'elevation range, deg', parseElevations)
    .option('--step <deg>', 'step between points, deg', parseNumber('step', 0.01, 360, 'deg'))
    .option('--reads <n>', 'reads to average at each point', parseWhole('reads', 1, 1_000))
    .addOption(
      new Option('--mode <mode>', 'stop at every point, or measure while sweeping a row').choices([
        'step',
        'on-the-fly',
      ]),
    )
    .addOption(
      new Option(
        '--grid <grid>',
        'equal steps, or equal areas on the sky; cross, principal-cuts and spiral need --around',
      ).choices(Object.keys(GRIDS)),
    )
    .option(
      '--around <source>',
      'offsets from a source: sun, moon, <az:el>, satellite=<name> or emitter=<name>',
      parseSource,
    )
    .option(
      '--reference <az:el:min>',
      'pointing with a constant level, revisited every <min> minutes',
      parseReference,
    )
    .option('--spectrum <channels>', 'a spectrum at every point, channels a power of two', parseChannels)
    .option(
      '--band <centre/width>',
      'frequency and bandwidth, such as 1090M/2M; repeat it for several bands, which need --spectrum',
      parseBand,
    )
    .option(
      '--refine [sigma]',
      'then add points around the detections of the grid; threshold in sigma, default 3.5',
      parseNumber('threshold', 2, 20, 'sigma'),
    )
    .option(
      '--refine-step <deg>',
      'step of the added points; default: a third of the beam width',
      parseNumber('step', 0.01, 360, 'deg'),
    )
    .option(
      '--refine-points <n>',
      'add at most <n> points, the strongest detections first; default 1000',
      parseWhole('points', 1, MAX_ADDED_POINTS),
    )
    .addOption(
      new Option('--refine-time <min>', 'add points for at most <min> minutes')
        .argParser(parseNumber('time', 0.1, 10_080, 'min'))
        .conflicts('refinePoints'),
    )
    .option('--notes <text>', 'notes to store with the scan')
    .option('--preview', 'show points, duration and warnings; start nothing')
    .option('--yes', 'do not ask for confirmation')
    .option('--detach', 'return once the scan has started')
    .option('--json', 'print preview, session and messages as JSON lines')
    .addHelpText('after', HELP)
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const { out, interrupts } = context;
  const { json = false } = options;
  const api = context.api();
  const body = toBody(options);
  const preview = await api.post('/api/skyscan/preview', body);
  if (options.preview) {
    out.write(json ? toJson(preview) : toText(preview));
    return;
  }
  out.write(json ? toJsonLine({ preview }) : toText(preview));
  if (!options.yes && !json) await confirm(context, 'Start the scan?', 'nothing was started');
  const choice = { leave: false };
  // A user who leaves during the start must learn the id of the scan.
  const release = interrupts.intercept(() => (choice.leave = true));
  const session = await api.post('/api/skyscan/start', body).finally(release);
  out.write(json ? toJsonLine({ session }) : `Scan ${session.id} is ${session.status}.\n`);
  if (options.detach) return;
  if (choice.leave) throw new DetachedError(`scan ${session.id} is still running`);
  await watchScan(context, await loadScan(api, session.id), { json, mayCancel: true });
}

const SCAN_MODES = { step: 'step', 'on-the-fly': 'on_the_fly' } as const;
const GRIDS = {
  rectangular: 'rectangular',
  'equal-area': 'equal_area',
  cross: 'cross',
  'principal-cuts': 'principal_cuts',
  spiral: 'spiral',
} as const;

/** The body of start. Throws `invalid` for combinations that no single option can check. */
function toBody(options: Options): ScanRequestBody {
  const { rotor, az, el, step, reads, mode, grid, around, reference, spectrum, band, notes } = options;
  checkPoints(options);
  return {
    rotor_id: rotor,
    ...(az && { az_start: az.from, az_end: az.to }),
    ...(el && { el_start: el.from, el_end: el.to }),
    ...(step !== undefined && { step_deg: step }),
    ...(reads !== undefined && { rssi_iterations: reads }),
    ...(mode && { scan_mode: SCAN_MODES[mode] }),
    ...(grid && { grid: GRIDS[grid] }),
    ...(around && { frame: { source: around } }),
    ...(reference && { reference }),
    ...(spectrum !== undefined && { spectrum: { channels: spectrum } }),
    ...(band && { bands: band }),
    ...refineOf(options),
    ...(notes !== undefined && { notes }),
  };
}

/** Each of the options switches the refinement on. */
function refineOf({
  refine,
  refineStep,
  refinePoints,
  refineTime,
}: Options): Pick<ScanRequestBody, 'refine'> {
  const settings = {
    ...(typeof refine === 'number' && { threshold: refine }),
    ...(refineStep !== undefined && { step_deg: refineStep }),
    ...(refinePoints !== undefined && { max_points: refinePoints }),
    ...(refineTime !== undefined && { time_budget_s: refineTime * 60 }),
  };
  return refine === undefined && Object.keys(settings).length === 0 ? {} : { refine: settings };
}

function checkPoints({ az, el, step, grid }: Options): void {
  if (!az || !el || step === undefined) return;
  const { totalPoints } = gridShape({
    kind: GRIDS[grid ?? 'rectangular'],
    azStartDeg: az.from,
    azEndDeg: az.to,
    elStartDeg: el.from,
    elEndDeg: el.to,
    stepDeg: step,
  });
  if (totalPoints > MAX_GRID_POINTS)
    throw new SkyScanError(
      'invalid',
      `a step of ${step} deg makes ${totalPoints} points, more than ${MAX_GRID_POINTS}`,
    );
}

const ORDERS = { every_point: 'at every point', row_by_row: 'row by row' } as const;

function bandText({ order, reason, added_s }: NonNullable<ScanPreview['band_plan']>): string {
  return `all bands ${ORDERS[order]} (${printable(reason)}); the bands after the first take ${formatDuration(added_s)}`;
}

function toText({
  rows,
  columns,
  total_points,
  expected_duration_s,
  warnings,
  band_plan,
  refine,
}: ScanPreview): string {
  const size = `${counted(total_points, 'point')} in ${counted(rows, 'row')} of ${columns === 1 ? 'one' : `at most ${columns}`}`;
  const lines = [`${size}, about ${formatDuration(expected_duration_s)}`];
  if (refine)
    lines.push(
      `with refinement up to ${counted(refine.points_max, 'point')}, about ${formatDuration(refine.duration_s_max)}`,
    );
  if (band_plan) lines.push(bandText(band_plan));
  return [...lines, ...warnings.map((warning) => `warning: ${printable(warning)}`)]
    .map((line) => `${line}\n`)
    .join('');
}
