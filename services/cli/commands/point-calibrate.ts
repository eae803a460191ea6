import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Pointing, PointingJob } from '#contract/rest/pointing';
import { formatDeg, formatPointing } from '#shared/sky/pointing';
import { sleep } from '#shared/runtime/waiting';
import { idParser, parseNumber, parseReference, parseWhole } from '../arguments.ts';
import { DetachedError, type Context } from '../context.ts';
import { createProgressLine, table, toJson } from '../output.ts';

const POLL_MS = 1_000;

interface Options {
  target?: { name: string; azimuth_deg: number; elevation_deg: number };
  satellite?: string;
  emitter?: string;
  kind?: 'raster' | 'cross';
  size?: number;
  repeats?: number;
  intervalMin?: number;
  apply?: boolean;
  json?: boolean;
}

/** `skyscan point-calibrate ROTOR` */
export function pointCalibrate(program: Command, { api, out, err, interrupted }: Context): void {
  program
    .command('point-calibrate')
    .description(
      'measure where the Sun or another target appears and fit the pointing errors of the mount; the rotator moves',
    )
    .argument('<rotor>', 'rotator id, see `skyscan rotors list`', idParser('a rotator'))
    .option('--target <az:el>', 'a source at this direction, deg; default: the Sun', parseTarget)
    .addOption(
      new Option(
        '--satellite <name>',
        'name or catalogue number of a slow satellite, such as a geostationary one',
      ).conflicts(['target', 'emitter']),
    )
    .addOption(new Option('--emitter <name>', 'a known emitter on the ground').conflicts('target'))
    .addOption(new Option('--kind <kind>', 'default: raster').choices(['raster', 'cross']))
    .option(
      '--size <deg>',
      'width of the scan; default: 2.4 beam widths',
      parseNumber('size', 0.1, 90, 'deg'),
    )
    .option('--repeats <count>', 'number of measurements; default: 1', parseWhole('repeats', 1, 48))
    .option(
      '--interval-min <min>',
      'from one measurement to the next one; default: 15',
      parseNumber('interval', 0, 1_440, 'min'),
    )
    .option('--apply', 'enable the model afterwards')
    .option('--json', 'print the JSON of the API at the end')
    .addHelpText(
      'after',
      '\nCtrl-C leaves; the calibration continues (cancel it on the Station page, or with DELETE).',
    )
    .action(async (id: number, options: Options) => {
      const { kind, size, repeats, intervalMin, apply, json } = options;
      const target = targetOf(options);
      const connection = api();
      const progress = createProgressLine(err);
      let state: Pointing;
      try {
        state = await connection.post(`/api/rotors/${id}/calibrate-pointing`, {
          ...(target && { target }),
          ...(kind && { kind }),
          ...(size !== undefined && { size_deg: size }),
          ...(repeats !== undefined && { repeats }),
          ...(intervalMin !== undefined && { interval_min: intervalMin }),
        });
        while (state.job?.status === 'running') {
          progress.show(toProgress(state.job));
          await sleep(POLL_MS, interrupted);
          state = await connection.get(`/api/rotors/${id}/pointing`);
        }
      } catch (error) {
        throw interrupted.aborted
          ? new DetachedError(`the pointing calibration of rotor ${id} continues`, { cause: error })
          : error;
      } finally {
        progress.clear();
      }
      const { job, model } = state;
      if (job?.status !== 'done')
        throw new Error(job?.problem ?? `the calibration was ${job?.status ?? 'lost'}`);
      if (apply && model) state = await connection.put(`/api/rotors/${id}/pointing`, { enabled: true });
      out.write(json ? toJson(state) : toText(state));
    });
}

function targetOf({ target, satellite, emitter }: Options) {
  if (satellite !== undefined) return { satellite };
  return emitter === undefined ? target : { emitter };
}

function parseTarget(text: string): NonNullable<Options['target']> {
  const { azimuth, elevation, every_min } = parseReference(text);
  if (every_min !== undefined) throw new InvalidArgumentError('It must look like AZ:EL: 211.4:23.5.');
  const name = formatPointing({ azimuthDeg: azimuth, elevationDeg: elevation });
  return { name, azimuth_deg: azimuth, elevation_deg: elevation };
}

function toProgress({ request, done, failed, session_ids, next_at, problem }: PointingJob): string {
  const number = `measurement ${done + failed + 1} of ${request.repeats}`;
  const scan = session_ids.at(-1);
  const doing = scan === undefined ? `due at ${next_at ?? 'once'}` : `scan ${scan}`;
  return [number, doing, ...(problem === null ? [] : [problem])].join(', ');
}

function toText({ enabled, model, observations, job }: Pointing): string {
  if (!model) return 'There is no model.\n';
  const cell = (deg: number | null) => (deg === null ? '-' : deg.toFixed(3));
  const terms = table(
    ['TERM', 'DEG', 'ERROR'],
    model.terms.map(({ term, value_deg, sigma_deg }) => [term, value_deg.toFixed(3), cell(sigma_deg)]),
  );
  const residuals = table(
    ['ID', 'TIME', 'TARGET', 'AZIMUTH', 'ELEVATION', 'CROSS', 'ELEVATION RESIDUAL'],
    observations.map((each) => [
      String(each.id),
      each.at.slice(0, 19),
      each.target,
      each.azimuth_deg.toFixed(2),
      each.elevation_deg.toFixed(2),
      cell(each.residual_cross_deg),
      cell(each.residual_elevation_deg),
    ]),
  );
  const failed = job && job.failed > 0 ? `${job.failed} failed: ${job.problem ?? 'unknown'}\n` : '';
  const state = model.problem ?? (enabled ? 'enabled' : 'not enabled');
  return [
    terms,
    residuals,
    `${failed}The error was ${formatDeg(model.rms_before_deg)} deg rms, the residuals are ${formatDeg(model.rms_deg)} deg rms. The model is ${state}.\n`,
  ].join('\n');
}
