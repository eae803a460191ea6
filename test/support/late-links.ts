import type { Read } from '#proto/sdr_sampler';
import { summariseReads } from '../../services/scan-orchestrator/domain/measurement.ts';
import { startObservatory, startSampler, type TestObservatory, type TestSampler } from './observatory.ts';
import { meanDb } from './receivers.ts';
import { talk } from './rotctl.ts';
import { until } from './until.ts';

// Cells beside each other with levels that differ, over links that deliver their samples late.

/** How the link of a row behaves. */
export interface Link {
  name: string;
  lateMs: number;
  /** Samples a second; 0: as many as requested. */
  rateHz: number;
}

export interface LinkRow {
  name: string;
  cells: number;
  /** Within 0.5 dB of the truth. */
  right: number;
  flagged: number;
  /** No level, but the reason. */
  refused: number;
  /** Another level than the cell's, without a flag. */
  wrong: number;
  medianMs: number;
}

/** 29.7 dB of gain and this offset make the simulated dongle's levels true dBm. */
const SETTINGS = {
  centerFrequencyHz: 1.42e9,
  bandwidthHz: 2.048e6,
  gainDb: 29.7,
  readMs: 10,
  dbmOffsetDb: -67,
};
const MOST_ERROR_DB = 0.5;
const BELT = { azimuth: 180, elevation: 34.5 };
const COLD = { azimuth: 40, elevation: 62 };

/** Measures cells at two places in turn over this link, until a round of them satisfies. */
export async function measureOver(
  link: Link,
  cells: number,
  isEnough: (row: LinkRow) => boolean = () => true,
): Promise<LinkRow> {
  const observatory = await startObservatory();
  await observatory.faults({ dongle_late_ms: link.lateMs, dongle_rate_hz: link.rateHz });
  const sampler = await startSampler(observatory.rtlTcpPort);
  try {
    await until('samples arrive', () => sampler.client.describe({}).catch(() => undefined));
    return await until(
      'a round of cells',
      async () => {
        const row = await measureCells(link.name, cells, observatory, sampler);
        return isEnough(row) ? row : undefined;
      },
      60_000,
    );
  } finally {
    await sampler.close();
    await observatory.close();
  }
}

async function measureCells(
  name: string,
  cells: number,
  observatory: TestObservatory,
  sampler: TestSampler,
): Promise<LinkRow> {
  const row = { name, cells, right: 0, flagged: 0, refused: 0, wrong: 0 };
  const tookMs: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const { azimuth, elevation } = cell % 2 === 0 ? BELT : COLD;
    await talk(observatory.rotctldPort, `P ${azimuth} ${elevation}\n`);
    await until('arrival', async () => !(await observatory.state()).moving);
    const truthDbm = await observatory.truth(azimuth, elevation);
    const startedMs = performance.now();
    const answer = await sampler.client.measure({ settings: SETTINGS, reads: 5 }).catch(() => undefined);
    tookMs.push(performance.now() - startedMs);
    if (!answer) row.refused++;
    else if (isFlagged(answer.reads)) row.flagged++;
    else if (Math.abs(meanDb(answer.reads) - truthDbm) < MOST_ERROR_DB) row.right++;
    else row.wrong++;
  }
  tookMs.sort((a, b) => a - b);
  return { ...row, medianMs: tookMs[Math.floor(cells / 2)] ?? NaN };
}

/** Whether a scan would flag the point. */
function isFlagged(reads: readonly Read[]): boolean {
  const all = reads.map(({ levelDb, ...converter }) => ({ levelDb, converter }));
  return summariseReads(all, true).flags.length > 0;
}

/** The rows as a table of text. */
export function tableOfLinks(rows: readonly LinkRow[]): string {
  const head = ['link', 'cells', 'right', 'flagged', 'refused', 'wrong unflagged', 'median ms'];
  const lines = rows.map((row) => [
    row.name,
    ...[row.cells, row.right, row.flagged, row.refused, row.wrong].map(String),
    row.medianMs.toFixed(0),
  ]);
  const widths = head.map((word, k) => Math.max(word.length, ...lines.map((line) => line[k]?.length ?? 0)));
  return [head, ...lines]
    .map((line) => line.map((cell, k) => cell.padStart(widths[k] ?? 0)).join('  '))
    .join('\n');
}
