import type { Client } from 'pg';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { STATISTICS, type SpectrumCodes } from '#shared/spectrum/point-spectrum';
import { bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { addSession } from './bench-points.ts';

export const CHANNELS = 1_024;
export const FIRST_CHANNEL_HZ = 100e6;
export const CHANNEL_HZ = 1_000;
const TILE_POINTS = 2_048;
const BLOCK_BYTES = 65_536;
/** A record of the orchestrator's replay. */
const POINTS_PER_INSERT = 32;

/** Durations of storing spectra, ms. */
export interface StoredDurations {
  insertMs: number;
  /** Of each complete tile. */
  packMs: number[];
}

/** Stores spectra with all statistics like the recorder does. */
export async function recordSpectra(db: Database, id: number, points: number): Promise<StoredDurations> {
  const band = bandOf(CHANNELS, FIRST_CHANNEL_HZ);
  const noise = noiseCodes(CHANNELS + 64);
  const durations: StoredDurations = { insertMs: 0, packMs: [] };
  const head = spectrumOf({ ...band, flags: new Uint8Array(0) }, 1);
  for (let first = 1; first <= points; first += POINTS_PER_INSERT) {
    const last = Math.min(points, first + POINTS_PER_INSERT - 1);
    const spectra = Array.from({ length: last - first + 1 }, (_, n) => {
      const codes = noise.subarray((first + n) % 64, ((first + n) % 64) + CHANNELS);
      const all = Object.fromEntries(STATISTICS.map((name) => [name, codes])) as SpectrumCodes;
      return { seq: first + n, spectra: [{ ...head, band, codes: all }] };
    });
    const from = performance.now();
    await db.transaction((tx) => insertSpectra(tx, id, spectra));
    durations.insertMs += performance.now() - from;
    if (Math.floor(first / TILE_POINTS) === Math.floor((last + 1) / TILE_POINTS)) continue;
    const before = performance.now();
    await packTiles(db, id, last, false);
    durations.packMs.push(performance.now() - before);
  }
  return durations;
}

/** Adds a session with spectra as in `fillTiles`; returns its id. */
export async function addTiles(
  client: Client,
  points: number,
  blocks: { first: number; count: number },
): Promise<number> {
  const id = await addSession(client, points, points);
  await fillTiles(client, id, points, blocks);
  return id;
}

/**
 * Adds generated tiles of `mean` to a session, for some blocks of 16 channels, and rows for the
 * points of the incomplete last tile.
 */
export async function fillTiles(
  client: Client,
  id: number,
  points: number,
  blocks: { first: number; count: number },
): Promise<void> {
  await client.query(
    `insert into spectrum_bands (session_id, band, first_channel_hz, channel_hz, flags, is_calibrated, statistics)
     values ($1, 0, $2, $3, $4, true, 1)`,
    [id, FIRST_CHANNEL_HZ, CHANNEL_HZ, Buffer.alloc(CHANNELS)],
  );
  const noise = Buffer.from(noiseCodes(BLOCK_BYTES).buffer);
  const tiles = Math.floor(points / TILE_POINTS);
  const { first, count } = blocks;
  for (let tile = 0; tile < tiles; tile++)
    await client.query(
      `insert into spectrum_tiles (session_id, band, statistic, tile, block, codes)
       select $1, 0, 0, $2, block, substr($3::bytea, 1 + 2 * ($2::int * 7 + block), ${BLOCK_BYTES})
       from generate_series($4::int, $5::int) block`,
      [id, tile, noise, first, first + count - 1],
    );
  await client.query(
    `insert into spectrum_rows (session_id, band, seq, head, mean)
     select $1, 0, seq, decode(repeat('01', 16), 'hex'), substr($2::bytea, 1 + 2 * (seq % 1000), ${2 * CHANNELS})
     from generate_series($3::int, $4::int) seq`,
    [id, noise, tiles * TILE_POINTS + 1, points],
  );
}

/** Levels of receiver noise: mean -100 dB, standard deviation 0.3 dB. */
function noiseCodes(count: number): Int16Array {
  return Int16Array.from({ length: count }, () => {
    let sum = 0;
    for (let n = 0; n < 12; n++) sum += Math.random();
    return Math.round(-10_000 + 30 * (sum - 6));
  });
}
