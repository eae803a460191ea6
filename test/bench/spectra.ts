import { Client } from 'pg';
import { pino } from 'pino';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { until } from '../support/until.ts';
import { addSession } from './bench-points.ts';
import { startBenchGateway, type BenchGateway } from './bench-gateway.ts';
import { CHANNELS, CHANNEL_HZ, FIRST_CHANNEL_HZ, addTiles, recordSpectra } from './bench-spectra.ts';
import { figure, type Figure, type Goal, type Row } from './row.ts';
import { median } from './statistics.ts';
import { watchMemory } from './watch-memory.ts';

const GROWTH_MB = { max: 64 };
const BLOCK_MS = { max: 50 };
const REQUESTS = { warmUp: 5, timed: 15 };
const TABLES = ['spectrum_bands', 'spectrum_rows', 'spectrum_tiles', 'spectrum_heads'];

/** Stores spectra, and reads them through the API. */
export const spectra: Row = {
  name: 'spectra',
  async run({ quick }) {
    const sizes = quick ? [2_100, 5_000, 10_000] : [4_320, 45_000, 1_000_000];
    const [stored = 0, some = 0, many = 0] = sizes;
    const world = await startBenchGateway();
    const client = new Client({ connectionString: world.databaseUrl });
    try {
      await client.connect();
      const { id, figures } = await store(world, client, stored);
      const someId = await addTiles(client, some, { first: 0, count: CHANNELS / 16 });
      const manyId = await addTiles(client, many, { first: 10, count: 1 });
      await client.query(`vacuum analyze ${TABLES.join(', ')}`);
      const hertz = (channel: number) => FIRST_CHANNEL_HZ + channel * CHANNEL_HZ;
      const band = `band?from_hz=${hertz(160)}&to_hz=${hertz(175)}&format=columnar`;
      const name = (points: number) => `${points.toLocaleString('en-US')} points`;
      const summary = `${world.gateway.url}/api/skyscan/${someId}/spectrum?summary=true`;
      const all = `${CHANNELS.toLocaleString('en-US')} channels`;
      return [
        ...figures,
        ...(await request(world, `one spectrum of ${all}`, `${id}/spectrum?seq=1000`, { max: 10 })),
        ...(await request(world, `${name(some)}, 16 channels`, `${someId}/${band}`, { max: 40 })),
        ...(await request(world, `${name(many)}, 16 channels`, `${manyId}/${band}`, { max: 500 })),
        ...(await request(
          world,
          `${name(some)}, ${all}`,
          `${someId}/band?from_hz=${hertz(0)}&to_hz=${hertz(1_023)}`,
        )),
        ...(await request(world, `waterfall of ${name(some)}, ${all}`, `${someId}/waterfall`)),
        figure(`summary of ${name(some)}, ${all}: first time`, await readAll(summary), 'ms'),
        ...(await request(world, `summary of ${name(some)}, ${all}`, `${someId}/spectrum?summary=true`)),
      ];
    } finally {
      await client.end();
      await world.stop();
    }
  },
};

/** Stores spectra with six statistics; measures their size. */
async function store(
  world: BenchGateway,
  client: Client,
  points: number,
): Promise<{ id: number; figures: Figure[] }> {
  const db = createDatabase([world.databaseUrl], pino({ level: 'silent' }));
  try {
    const id = await addSession(client, Math.ceil(points / 1_000) * 1_000, points);
    await client.query(
      `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm, std_db,
         min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
       select $1, n, n - 1, 0, 0, 0, 0, 0, 0, -92, 0, -92, -92, -92, 1, 1, '{}', now() from generate_series(1, $2::int) n`,
      [id, points],
    );
    const watch = watchMemory(() => process.memoryUsage().rss);
    const { insertMs, packMs } = await recordSpectra(db, id, points);
    await packTiles(db, id, points, true);
    // The gateway may be packing the last tile.
    await until('everything is packed', async () => {
      const { rowCount } = await client.query('select from spectrum_rows where session_id = $1 limit 1', [
        id,
      ]);
      return rowCount === 0;
    });
    const grown = watch.end();
    const before = await sizeOf(client);
    await client.query(`vacuum analyze ${TABLES.join(', ')}`);
    const name = `${points.toLocaleString('en-US')} points x ${CHANNELS.toLocaleString('en-US')} channels x 6`;
    return {
      id,
      figures: [
        figure(`${name}: size in PostgreSQL, before vacuum`, before / 1e6, 'MB'),
        figure(`${name}: size in PostgreSQL, after vacuum`, (await sizeOf(client)) / 1e6, 'MB', { max: 60 }),
        figure(`${name}: insert, per point`, insertMs / points, 'ms'),
        figure('pack a tile of six statistics', median(packMs), 'ms'),
        figure('insert and pack: growth of the process', grown / 2 ** 20, 'MiB', GROWTH_MB),
      ],
    };
  } finally {
    await db.close();
  }
}

/** Requests a path several times, after some warm-up requests. */
async function request(world: BenchGateway, name: string, path: string, goal?: Goal): Promise<Figure[]> {
  const url = `${world.gateway.url}/api/skyscan/${path}`;
  for (let n = 0; n < REQUESTS.warmUp; n++) await readAll(url);
  await world.process.maxBlockMs();
  const watch = watchMemory(() => world.process.rssBytes());
  const times: number[] = [];
  for (let n = 0; n < REQUESTS.timed; n++) times.push(await readAll(url));
  return [
    figure(`${name}: time`, median(times), 'ms', goal),
    figure(`${name}: growth of the gateway`, watch.end() / 2 ** 20, 'MiB', GROWTH_MB),
    figure(`${name}: longest block of the event loop`, await world.process.maxBlockMs(), 'ms', BLOCK_MS),
  ];
}

/** Reads and discards a response; returns how long it took, ms. */
async function readAll(url: string): Promise<number> {
  const from = performance.now();
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  for await (const _ of response.body as AsyncIterable<Uint8Array>);
  return performance.now() - from;
}

async function sizeOf(client: Client): Promise<number> {
  const sum = TABLES.map((table) => `pg_total_relation_size('${table}')`).join(' + ');
  const { rows } = await client.query<{ bytes: string }>(`select ${sum} as bytes`);
  return Number(rows[0]?.bytes);
}
