import type { OwnLevels, RotctldClient } from './rotctld-client.ts';

// The position is checked between batches.
const BATCH_READS = 50;

/** Levels, dBm, from the rotator's own receiver, in batches. Throws as `RotctldClient.measure`. */
export async function measureInBatches(
  client: RotctldClient,
  reads: number,
  token: number,
  signal: AbortSignal,
): Promise<OwnLevels> {
  const all: OwnLevels = { levels: [], summarised: false };
  while (all.levels.length < reads) {
    const batch = Math.min(reads - all.levels.length, BATCH_READS);
    const { levels, summarised } = await client.measure(batch, token, signal);
    all.levels.push(...levels);
    all.summarised ||= summarised;
  }
  return all;
}
