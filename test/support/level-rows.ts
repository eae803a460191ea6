import { summariseReads, type Read } from '../../services/scan-orchestrator/domain/measurement.ts';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import type { DongleBench } from './librtlsdr.ts';
import { startProgramSampler, type Program } from './program-sampler.ts';
import { measureWhenReady } from './receivers.ts';

// Measured levels of a known carrier, with the real receiver programs on the stand-in for
// librtlsdr.

export interface LevelRow {
  program: Program;
  bandwidthHz: number;
  /** Offset of the carrier from the channel's centre. */
  besideHz: number;
  trueDbfs: number;
  errorDb: number;
  flags: string[];
  /** The reads of the level, for the message of a failed test. */
  reads: Read[];
}

/** A sampler with one of the programs as its only receiver. */
export interface LevelSource {
  /**
   * Measures carriers at one offset, from the lowest to the highest level, so that remains of the
   * previous level hardly count.
   */
  measure(bandwidthHz: number, besideHz: number, carriersDbfs: readonly number[]): Promise<LevelRow[]>;
  close(): Promise<void>;
}

const CENTRE_HZ = 1.42e9;
/** Noise in the whole sampled band, 2.9 LSB rms: above the limit of the flag `underloaded`. */
const NOISE_DBFS = -30;
const RATE_HZ = { rtl_tcp: 2.048e6, rtl_tcp_child: 2.048e6, rtl_power: 2.4e6 };

/** Maximum error of an unflagged level. */
export const MAX_ERROR_DB = 0.2;

/** Noise level in a channel, dBFS. */
export function floorDbfs(program: Program, bandwidthHz: number): number {
  return NOISE_DBFS + linearToDb(Math.min(1, bandwidthHz / RATE_HZ[program]));
}

/**
 * Largest offset at which a carrier counts in full: two transform bins inside the channel's edge.
 */
export function edgeHz(bandwidthHz: number): number {
  return bandwidthHz / 2 - Math.max(1_000, bandwidthHz / 64);
}

export async function startLevelSource(bench: DongleBench, program: Program): Promise<LevelSource> {
  const serial = `levels-${program.replaceAll('_', '-')}`;
  bench.plug(serial, { noise: NOISE_DBFS });
  const sampler = await startProgramSampler(bench, program, serial);

  async function read(bandwidthHz: number, reads: number): Promise<Read[]> {
    const readMs = program === 'rtl_power' ? 1_000 : 20;
    const settings = { centerFrequencyHz: CENTRE_HZ, bandwidthHz, gainDb: 0, readMs };
    // On a busy machine a server may start late or fall silent; the request is then repeated.
    return (await measureWhenReady(sampler, settings, reads)).map(({ levelDb, ...converter }) => ({
      levelDb,
      converter,
    }));
  }

  return {
    async measure(bandwidthHz, besideHz, carriersDbfs) {
      const rows: LevelRow[] = [];
      for (const [k, dbfs] of carriersDbfs.entries()) {
        bench.plug(serial, { noise: NOISE_DBFS, carrier: dbfs, carrier_hz: CENTRE_HZ + besideHz });
        // The previous carrier was stronger and may still be in the next samples.
        if (k === 0) await read(bandwidthHz, 1);
        const reads = await read(bandwidthHz, program === 'rtl_power' ? 1 : 10);
        const { meanDbm, flags } = summariseReads(reads, true);
        const noise = dbToLinear(floorDbfs(program, bandwidthHz));
        const trueDbfs = linearToDb(noise + dbToLinear(dbfs));
        rows.push({ program, bandwidthHz, besideHz, trueDbfs, errorDb: meanDbm - trueDbfs, flags, reads });
      }
      return rows;
    },
    close: () => sampler.close(),
  };
}

/** Whether the level is within the error limit or flagged. */
export function isAccurateOrFlagged({ errorDb, flags }: LevelRow): boolean {
  return Math.abs(errorDb) <= MAX_ERROR_DB || flags.length > 0;
}

/** Formats the rows as a text table. */
export function tableOf(rows: readonly LevelRow[]): string {
  const head = ['program', 'bandwidth kHz', 'carrier off kHz', 'true dBFS', 'error dB', 'flags'];
  const lines = rows.map(({ program, bandwidthHz, besideHz, trueDbfs, errorDb, flags }) => [
    program,
    String(bandwidthHz / 1e3),
    String(besideHz / 1e3),
    trueDbfs.toFixed(2),
    errorDb.toFixed(3),
    flags.join(' '),
  ]);
  const widths = head.map((word, k) =>
    Math.max(word.length, ...lines.map((line) => (line[k] as string).length)),
  );
  return [head, ...lines]
    .map((line) => line.map((cell, k) => cell.padStart(widths[k] as number)).join('  '))
    .join('\n');
}
