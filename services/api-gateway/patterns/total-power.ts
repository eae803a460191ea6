import type { AntennaPattern } from '#contract/rest/patterns';
import { carrierChannel } from '../domain/carrier.ts';
import type { Queryable } from '../store/queryable.ts';
import { findBands } from '../store/spectra/bands.ts';
import { readSpectrum } from '../store/spectra/read-spectrum.ts';

/** The points with the highest and the lowest level. */
export interface Extremes {
  highest: { seq: number; levelDb: number };
  lowest: { seq: number; levelDb: number };
}

/**
 * Total power was used although spectra are stored in which the source has a carrier: its channels
 * would show more of the pattern. Undefined: they would not.
 */
export async function totalPowerWarning(
  db: Queryable,
  sessionId: number,
  { highest, lowest }: Extremes,
): Promise<AntennaPattern['warnings'][number] | undefined> {
  const totalRiseDb = highest.levelDb - lowest.levelDb;
  for (const band of await findBands(db, sessionId)) {
    const [on, off] = await Promise.all(
      [highest, lowest].map(({ seq }) => readSpectrum(db, sessionId, band.band, { seq })),
    );
    const found =
      on?.codes.mean && off?.codes.mean && carrierChannel(on.codes.mean, off.codes.mean, totalRiseDb);
    if (!found) continue;
    const centreHz = band.firstChannelHz + found.channel * band.channelHz;
    const [fromHz, toHz] = [centreHz - band.channelHz / 2, centreHz + band.channelHz / 2].map(Math.round);
    return {
      code: 'total_power',
      message: `the levels are the total power, which rises by ${totalRiseDb.toFixed(0)} dB; the carrier at ${Math.round(centreHz)} Hz rises by ${found.riseDb.toFixed(0)} dB: choose its channels, as from_hz=${fromHz}&to_hz=${toHz}`,
    };
  }
  return undefined;
}
