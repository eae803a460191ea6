import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import type { Source, SourceSearch, SourceSettings } from '#contract/rest/sources';
import { idParser, parseNumber } from '../arguments.ts';
import { DetachedError, type Context } from '../context.ts';
import { createProgressLine, table, toJson } from '../output.ts';
import { frequenciesOf } from './source-frequencies.ts';

interface Options {
  json?: boolean;
  csv?: boolean;
  search?: boolean;
  threshold?: number;
  beamWidth?: number;
  spectra: boolean;
}

const POLL_MS = 500;

/** `skyscan sources ID` */
export function sources(program: Command, context: Context): void {
  const { api, out } = context;
  program
    .command('sources')
    .description('list the sources that were found in a scan, the strongest first')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .option('--search', 'search again first, with the settings below')
    .option(
      '--threshold <sigma>',
      'search: threshold; default: 5.5',
      parseNumber('threshold', 3, 100, 'sigma'),
    )
    .option(
      '--beam-width <deg>',
      'search: HPBW of the antenna; default: that of the rotator',
      parseNumber('beam width', 0.01, 120, 'deg'),
    )
    .option('--no-spectra', 'search: only in the total power')
    .option('--json', 'print the JSON of the API')
    .option('--csv', 'print CSV')
    .action(async (id: number, options: Options) => {
      if (options.json && options.csv) throw new SkyScanError('invalid', '--json and --csv: use one of them');
      const settings = settingsOf(options);
      if (options.search) await search(context, id, settings);
      else if (Object.keys(settings).length > 0)
        throw new SkyScanError('invalid', '--threshold, --beam-width and --no-spectra need --search');
      const path = `/api/skyscan/${id}/sources` as const;
      if (options.csv) for await (const piece of api().stream(`${path}?format=csv`)) out.write(piece);
      else {
        const found = await api().get(path);
        out.write(options.json ? toJson(found) : toTable(found));
      }
    });
}

function settingsOf({ threshold, beamWidth, spectra }: Options): SourceSettings {
  return {
    ...(threshold !== undefined && { threshold_sigma: threshold }),
    ...(beamWidth !== undefined && { beam_width_deg: beamWidth }),
    ...(!spectra && { spectra }),
  };
}

/** Requests a search and waits until it has ended; throws if it fails. */
async function search(
  { api, err, interrupted }: Context,
  id: number,
  settings: SourceSettings,
): Promise<void> {
  const path = `/api/skyscan/${id}/sources` as const;
  const progress = createProgressLine(err);
  try {
    let [state] = await api().post(path, settings);
    while (state && isOpen(state)) {
      progress.show(state.status === 'running' ? `${Math.round(100 * state.progress)} %` : 'waiting ...');
      await sleep(POLL_MS, interrupted);
      [state] = await api().get(`${path}/searches`);
    }
    if (!state) throw new SkyScanError('wrong_state', 'the search was cancelled');
    if (state.status === 'failed')
      throw new SkyScanError('wrong_state', `the search failed: ${state.problem ?? 'unknown'}`);
  } catch (error) {
    throw interrupted.aborted ? new DetachedError('the search continues', { cause: error }) : error;
  } finally {
    progress.clear();
  }
}

function isOpen({ status }: SourceSearch): boolean {
  return status === 'requested' || status === 'running';
}

function toTable(found: readonly Source[]): string {
  return table(
    ['NO', 'AZIMUTH DEG', 'ELEVATION DEG', 'MHZ', 'PEAK DB', 'SNR', 'CANDIDATE', 'FLAGS', 'CATALOGUE'],
    found.map((source) => [
      String(source.number),
      `${source.azimuth.toFixed(2)} +- ${source.azimuth_error_deg.toFixed(2)}`,
      `${source.elevation.toFixed(2)} +- ${source.elevation_error_deg.toFixed(2)}`,
      frequenciesOf(source),
      source.peak_db.toFixed(1),
      source.snr.toFixed(1),
      candidateOf(source),
      source.flags.join(' ') || '-',
      String(source.catalogue_id ?? '-'),
    ]),
  );
}

function candidateOf({ name, candidates: [best] }: Source): string {
  if (!best) return name ?? '-';
  return `${name ?? best.name} ${Math.round(100 * best.posterior)} %`;
}
