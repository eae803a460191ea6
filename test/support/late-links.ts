import type { Read } from '#proto/sdr_sampler';
import { summariseReads } from '../../services/scan-orchestrator/domain/measurement.ts';
import { startDelayLine } from './delay-line.ts';
import type { DongleBench } from './librtlsdr.ts';
import { startObservatory, startSampler, type TestSampler } from './observatory.ts';
import { startRealRtlTcp } from './real-rtl-tcp.ts';
import { meanDb, type Settings } from './receivers.ts';
import { exchange } from './rotctl-exchange.ts';
import { until } from './until.ts';

// Neighbouring cells with different levels, over links that deliver samples late.

/** Properties of the link of a row. */
export interface LinkProfile {
  name: string;
  lateMs: number;
  /** Samples per second; 0: the requested rate. */
  rateHz: number;
}

export interface LinkRow {
  name: string;
  cells: number;
  /** Within 0.5 dB of the truth. */
  right: number;
  flagged: number;
  /** No level: refused with a reason. */
  refused: number;
  /** Wrong level without a flag. */
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
const MAX_ERROR_DB = 0.5;
const DELAYED_SERIAL = 'behind-a-delay';
/** The stand-in reads its level every few milliseconds; this is 100 ms. */
const TAKEN_SAMPLES = 204_800;
const BELT = { azimuth: 180, elevation: 34.5 };
const COLD = { azimuth: 40, elevation: 62 };

/** Successive cells with alternating levels for a receiver. */
interface Cells {
  sampler: TestSampler;
  settings: Settings;
  /** Goes to the next cell and returns its true level. */
  next(cell: number): Promise<number>;
}

/** Measures cells at two pointings alternately over this link, until `isEnough` accepts a round. */
export async function measureOver(
  link: LinkProfile,
  cells: number,
  isEnough: (row: LinkRow) => boolean = () => true,
): Promise<LinkRow> {
  const observatory = await startObservatory();
  await observatory.faults({ dongle_late_ms: link.lateMs, dongle_rate_hz: link.rateHz });
  const sampler = await startSampler(observatory.rtlTcpPort);
  const next = async (cell: number) => {
    const { azimuth, elevation } = cell % 2 === 0 ? BELT : COLD;
    await exchange(observatory.rotctldPort, `P ${azimuth} ${elevation}\n`);
    await until('arrival', async () => !(await observatory.state()).moving);
    return observatory.truth(azimuth, elevation);
  };
  try {
    await until('samples arrive', () => sampler.client.describe({}).catch(() => undefined));
    return await until(
      'a round of cells',
      async () => {
        const row = await measureCells(link.name, cells, { sampler, settings: SETTINGS, next });
        return isEnough(row) ? row : undefined;
      },
      150_000,
    );
  } finally {
    await sampler.close();
    await observatory.close();
  }
}

/**
 * Measures a round of cells with the real rtl_tcp on the stand-in for librtlsdr, behind a delay
 * line.
 */
export async function measureThroughDelay(
  bench: DongleBench,
  delay: { name: string; downMs: number; upMs: number },
  cells: number,
): Promise<LinkRow> {
  const server = await startRealRtlTcp(bench, DELAYED_SERIAL);
  const line = await startDelayLine({ ...delay, targetPort: server.port });
  const sampler = await startSampler(line.port);
  const settings = { ...SETTINGS, dbmOffsetDb: 0 };
  const next = async (cell: number) => {
    const dbfs = cell % 2 === 0 ? -18 : -26;
    bench.plug(DELAYED_SERIAL, { noise: Number((dbfs - SETTINGS.gainDb).toFixed(3)) });
    const taken = () => bench.count(DELAYED_SERIAL)?.sent ?? 0;
    const before = taken();
    // A new connection starts counting at 0.
    await until('the dongle has the level', () => {
      const now = taken();
      return (now < before ? now : now - before) > TAKEN_SAMPLES;
    });
    return dbfs;
  };
  try {
    await until('samples arrive', () => sampler.client.describe({}).catch(() => undefined));
    return await measureCells(delay.name, cells, { sampler, settings, next });
  } finally {
    await sampler.close();
    await line.close();
    await server.close();
  }
}

async function measureCells(name: string, cells: number, source: Cells): Promise<LinkRow> {
  const row = { name, cells, right: 0, flagged: 0, refused: 0, wrong: 0 };
  const tookMs: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const trueDb = await source.next(cell);
    const startedMs = performance.now();
    const request = { settings: source.settings, reads: 5 };
    const answer = await source.sampler.client.measure(request).catch(() => undefined);
    tookMs.push(performance.now() - startedMs);
    if (!answer) row.refused++;
    else if (isFlagged(answer.reads)) row.flagged++;
    else if (Math.abs(meanDb(answer.reads) - trueDb) < MAX_ERROR_DB) row.right++;
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

/** Formats the rows as a text table. */
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
