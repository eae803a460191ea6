import { Client } from 'pg';
import { CHANNEL_FLAGS, type ChannelBand } from '#shared/spectrum/channels';
import {
  STATISTICS,
  codeOf,
  type PointSpectrum,
  type SpectrumCodes,
  type Statistic,
} from '#shared/spectrum/point-spectrum';

/** Columns of the grid of `addScan`. */
export const GRID_COLUMNS = 100;

/**
 * Stores a cancelled session with points, which no orchestrator knows, as a copy of any other
 * session; returns its id.
 */
export async function addScan(url: string, points: number): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: number }>(
      `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
         grid_columns, total_points, completed_points, status)
       select rotor_id, rotor, 0, 99, 0, 89, 1, 1, 90, $2, 9000, $1, 'cancelled' from sessions order by id limit 1 returning id`,
      [points, GRID_COLUMNS],
    );
    const id = rows[0]?.id ?? NaN;
    // The order of measurement is not that of the cells.
    await client.query(
      `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm,
         std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
       select $1, n, $2 - n, ($2 - n) / ${GRID_COLUMNS}, ($2 - n) % ${GRID_COLUMNS}, 0, 0, 0, 0, -90, 1, -92, -88, -91, 1, 10,
         '{uncalibrated}', timestamptz '2026-02-14' + n * interval '1 s' from generate_series(1, $2::int) n`,
      [id, points],
    );
    return id;
  } finally {
    await client.end();
  }
}

/** Channels from 100 MHz on, 1 kHz wide; the first one is a band edge. */
export function bandOf(channels: number, firstChannelHz = 100e6): ChannelBand {
  const flags = new Uint8Array(channels);
  flags[0] = CHANNEL_FLAGS.bandEdge;
  return { firstChannelHz, channelHz: 1_000, flags };
}

/** A level of a point and a channel, with 0.01 dB. */
export type Value = (statistic: Statistic, seq: number, channel: number) => number;

/** Reproducible: levels of -100 to -60 dB, a kurtosis of 0.5 to 1.5, an occupancy of 0 to 1. */
export const noise: Value = (statistic, seq, channel) => {
  const hash = (seq * 2_654_435_761 + channel * 40_503 + STATISTICS.indexOf(statistic) * 97) >>> 0;
  const share = (((hash ^ (hash >>> 13)) >>> 0) % 4_001) / 4_000;
  if (statistic === 'occupancy') return share;
  return statistic === 'kurtosis' ? 0.5 + share : -100 + 40 * share;
};

/** A spectrum; NaN: not known. */
export function spectrumOf(
  band: ChannelBand,
  seq: number,
  value: Value = noise,
  statistics: readonly Statistic[] = STATISTICS,
): PointSpectrum {
  const codesOf = (name: Statistic) =>
    Int16Array.from(band.flags, (_, channel) => codeOf(name, value(name, seq, channel)));
  const codes = Object.fromEntries(
    STATISTICS.map((name) => [name, statistics.includes(name) ? codesOf(name) : undefined]),
  ) as SpectrumCodes;
  return {
    band,
    isCalibrated: true,
    transforms: 4_000_000_000 + seq,
    independentTransforms: 200.5 + seq / 3,
    floorDb: -100 + (seq % 50) / 10,
    pointFlags: seq % 7 === 0 ? CHANNEL_FLAGS.clipped : 0,
    codes,
  };
}
