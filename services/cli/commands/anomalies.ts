import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import type { Anomaly, Comparison } from '#contract/rest/anomalies';
import { idParser } from '../arguments.ts';
import { DetachedError, type Context } from '../context.ts';
import { createProgressLine, table, toJson } from '../output.ts';

interface Options {
  baseline?: number;
  compare?: boolean;
  json?: boolean;
  csv?: boolean;
}

const POLL_MS = 500;

/** `skyscan anomalies ID` */
export function anomalies(program: Command, context: Context): void {
  const { api, out } = context;
  program
    .command('anomalies')
    .description('list what differs in a scan from a baseline, the largest change first')
    .argument('<scan>', 'scan id, see `skyscan sessions`', idParser('a scan'))
    .option(
      '--baseline <id>',
      'the baseline; default: that of the schedule of the scan',
      idParser('a baseline'),
    )
    .option('--compare', 'compare again first; needs --baseline')
    .option('--json', 'print the JSON of the API')
    .option('--csv', 'print CSV')
    .action(async (id: number, { baseline, compare: isCompared, json, csv }: Options) => {
      if (json && csv) throw new SkyScanError('invalid', '--json and --csv: use one of them');
      if (isCompared) {
        if (baseline === undefined) throw new SkyScanError('invalid', '--compare needs --baseline');
        await compare(context, id, baseline);
      }
      const path = `/api/skyscan/${id}/anomalies` as const;
      const query = new URLSearchParams({
        ...(baseline !== undefined && { baseline: String(baseline) }),
        ...(csv && { format: 'csv' }),
      });
      const address = `${path}?${query.toString()}` as const;
      if (csv) for await (const piece of api().stream(address)) out.write(piece);
      else {
        const found = await api().get(address);
        out.write(json ? toJson(found) : toTable(found));
      }
    });
}

/** Requests a comparison and waits until it has ended; throws if it fails. */
async function compare({ api, err, interrupted }: Context, id: number, baselineId: number): Promise<void> {
  const path = `/api/skyscan/${id}` as const;
  const progress = createProgressLine(err);
  try {
    let state: Comparison | undefined = await api().post(`${path}/anomalies`, { baseline_id: baselineId });
    while (state?.status === 'requested' || state?.status === 'running') {
      progress.show(state.status === 'running' ? 'comparing ...' : 'waiting ...');
      await sleep(POLL_MS, interrupted);
      const all = await api().get(`${path}/comparisons`);
      state = all.find(({ baseline_id }) => baseline_id === baselineId);
    }
    if (!state) throw new SkyScanError('wrong_state', `baseline ${baselineId} has been deleted`);
    if (state.status === 'failed')
      throw new SkyScanError('wrong_state', `the comparison failed: ${state.problem ?? 'unknown'}`);
  } catch (error) {
    throw interrupted.aborted ? new DetachedError('the comparison continues', { cause: error }) : error;
  } finally {
    progress.clear();
  }
}

function toTable(found: readonly Anomaly[]): string {
  return table(
    ['NO', 'KIND', 'AZIMUTH DEG', 'ELEVATION DEG', 'CHANGE DB', 'Z', 'MHZ', 'SOURCE', 'KNOWN', 'CATALOGUE'],
    found.map((anomaly) => [
      String(anomaly.number),
      anomaly.kind,
      `${anomaly.azimuth.toFixed(2)} +- ${anomaly.azimuth_error_deg.toFixed(2)}`,
      `${anomaly.elevation.toFixed(2)} +- ${anomaly.elevation_error_deg.toFixed(2)}`,
      anomaly.change_error_db === null
        ? anomaly.change_db.toFixed(1)
        : `${anomaly.change_db.toFixed(1)} +- ${anomaly.change_error_db.toFixed(1)}`,
      anomaly.z.toFixed(1),
      frequencies(anomaly),
      anomaly.name ?? '-',
      anomaly.is_known ? 'yes' : 'no',
      String(anomaly.catalogue_id ?? '-'),
    ]),
  );
}

/** The centre of the channels, and their number if there are several. */
function frequencies({ channels }: Anomaly): string {
  if (channels.length === 0) return '-';
  const from = Math.min(...channels.map(({ from_hz }) => from_hz));
  const to = Math.max(...channels.map(({ to_hz }) => to_hz));
  const centre = ((from + to) / 2e6).toFixed(3);
  return channels.length > 1 ? `${centre} (${channels.length} ranges)` : centre;
}
