import { Client } from 'pg';
import { addSession, fillSession } from './bench-points.ts';
import { startBenchGateway, type BenchGateway } from './bench-gateway.ts';
import { startClient } from './client-process.ts';
import type { Download } from './download-client.ts';
import { figure, type Figure, type Row } from './row.ts';

const FILES = [
  { name: 'json', path: 'measurements?format=json' },
  { name: 'csv', path: 'measurements?format=csv' },
  { name: 'columnar', path: 'measurements?format=columnar' },
  { name: 'fits', path: 'export.fits' },
  { name: 'healpix', path: 'export.healpix?nside=256' },
  { name: 'parquet, exact', path: 'export.parquet' },
  { name: 'parquet, milli', path: 'export.parquet?precision=milli', pointBytes: { max: 8 } },
] as const;
const FIRST_BYTE_MS = { max: 100 };
const GROWTH_MB = { max: 64 };
const POLL_MS = 20;

/** Downloads a million points as `/measurements` and as exports, in every format. */
export const download: Row = {
  name: 'download',
  async run({ quick }) {
    const points = quick ? 20_000 : 1_000_000;
    const world = await startBenchGateway();
    try {
      const client = new Client({ connectionString: world.databaseUrl });
      await client.connect();
      const [warmUp, id] = [
        await addSession(client, 20_000, 20_000),
        await addSession(client, points, points),
      ];
      await fillSession(client, warmUp, 20_000);
      await fillSession(client, id, points);
      await client.end();
      const figures: Figure[] = [];
      for (const file of FILES) {
        // Warm up first, so that growth is the memory of a download.
        await downloadOnce(world, warmUp, file.path);
        figures.push(...figuresOf(file, points, await downloadOnce(world, id, file.path)));
      }
      return figures;
    } finally {
      await world.stop();
    }
  },
};

function figuresOf(
  file: { name: string; pointBytes?: { max: number } },
  points: number,
  { totalMs, firstByteMs, bytes, grownBytes }: Measured,
): Figure[] {
  const name = `${points.toLocaleString('en-US')} points, ${file.name}`;
  return [
    figure(`${name}: time`, totalMs / 1000, 's'),
    figure(`${name}: first byte`, firstByteMs, 'ms', FIRST_BYTE_MS),
    figure(`${name}: growth of the gateway`, grownBytes / 2 ** 20, 'MiB', GROWTH_MB),
    figure(`${name}: bytes per point`, bytes / points, 'B', file.pointBytes),
  ];
}

interface Measured extends Download {
  /** Peak resident memory minus that before the download. */
  grownBytes: number;
}

async function downloadOnce(world: BenchGateway, id: number, path: string): Promise<Measured> {
  const startBytes = world.process.rssBytes();
  let mostBytes = startBytes;
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, world.process.rssBytes())), POLL_MS);
  const url = `${world.gateway.url}/api/skyscan/${id}/${path}`;
  const client = startClient('download-client.ts', [url]);
  try {
    const found = await client.message<Download>();
    if (found.status !== 200) throw new Error(`${url}: ${found.status}`);
    return { ...found, grownBytes: mostBytes - startBytes };
  } finally {
    clearInterval(watch);
    await client.end();
  }
}
