import { Client } from 'pg';
import type { SourceSearch } from '#contract/rest/sources';
import { startAnalyst } from '../support/analyst.ts';
import { until } from '../support/until.ts';
import { startBenchGateway } from './bench-gateway.ts';
import { CHANNEL_HZ, CHANNELS, fillTiles, FIRST_CHANNEL_HZ } from './bench-spectra.ts';
import { figure, type Figure, type Row } from './row.ts';
import { addSky, type SkyGrid } from './sky-session.ts';
import { watchMemory } from './watch-memory.ts';

const MAPS: { grid: SkyGrid; hasSpectra: boolean; maxSeconds: number }[] = [
  { grid: { columns: 180, rows: 24 }, hasSpectra: false, maxSeconds: 1 },
  { grid: { columns: 800, rows: 125 }, hasSpectra: false, maxSeconds: 20 },
  { grid: { columns: 180, rows: 24 }, hasSpectra: true, maxSeconds: 30 },
];

/** Searches stored maps for sources, through gateway and sky-analyst. */
export const sources: Row = {
  name: 'sources',
  async run({ quick }) {
    const analyst = await startAnalyst();
    const world = await startBenchGateway(1, { SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
    const client = new Client({ connectionString: world.databaseUrl });
    const figures: Figure[] = [];
    try {
      await client.connect();
      const rotorId = await world.create('/api/rotors', {
        name: 'bench',
        center_frequency_hz: FIRST_CHANNEL_HZ + (CHANNELS * CHANNEL_HZ) / 2,
        bandwidth_hz: CHANNELS * CHANNEL_HZ,
      });
      for (const { grid, hasSpectra, maxSeconds } of quick ? MAPS.slice(0, 1) : MAPS) {
        const points = grid.columns * grid.rows;
        const id = await addSky(client, rotorId, grid);
        if (hasSpectra) await fillTiles(client, id, points, { first: 0, count: CHANNELS / 16 });
        const path = `/api/skyscan/${id}/sources`;
        const ended = async () => {
          const search = await until(
            'the search ends',
            async () => {
              const [latest] = (await world.gateway.get(`${path}/searches`)).body as SourceSearch[];
              return (latest?.status === 'done' || latest?.status === 'failed') && latest;
            },
            120_000,
          );
          if (search.status === 'failed') throw new Error(`${path}: ${search.problem}`);
        };
        // The gateway may have found the session by itself.
        await world.gateway.post(path, { beam_width_deg: 6 });
        await ended();
        await world.process.maxBlockMs();
        const watch = watchMemory(() => world.process.rssBytes());
        const from = performance.now();
        const processor = process.cpuUsage();
        await world.gateway.post(path, { beam_width_deg: 6 });
        await ended();
        const seconds = (performance.now() - from) / 1000;
        const { user, system } = process.cpuUsage(processor);
        const channels = hasSpectra ? `, ${CHANNELS.toLocaleString('en-US')} channels` : '';
        const name = `${points.toLocaleString('en-US')} points${channels}`;
        figures.push(
          figure(`${name}: time`, seconds, 's', { max: maxSeconds }),
          // The analyst is in this process; other programs do not count.
          figure(`${name}: processor time of sky-analyst`, (user + system) / 1e6, 's', { max: maxSeconds }),
          figure(`${name}: growth of the gateway`, watch.end() / 2 ** 20, 'MiB', { max: 64 }),
          figure(`${name}: longest block of the event loop`, await world.process.maxBlockMs(), 'ms', {
            max: 20,
          }),
        );
      }
      return figures;
    } finally {
      await client.end();
      await world.stop();
      await analyst.close();
    }
  },
};
