import type { OwnLevels, RotctldClient } from './rotctld-client.ts';

// Between portions the position is looked at.
const READS_AT_ONCE = 50;

/**
 * Levels, dBm, from the rotator's own receiver, in portions. Throws what `RotctldClient.measure`
 * throws.
 */
export async function measureInPortions(
  client: RotctldClient,
  reads: number,
  token: number,
  signal: AbortSignal,
): Promise<OwnLevels> {
  const all: OwnLevels = { levels: [], summarised: false };
  while (all.levels.length < reads) {
    const portion = Math.min(reads - all.levels.length, READS_AT_ONCE);
    const { levels, summarised } = await client.measure(portion, token, signal);
    all.levels.push(...levels);
    all.summarised ||= summarised;
  }
  return all;
}
