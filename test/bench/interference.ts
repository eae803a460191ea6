import { Client } from 'pg';
import type { InterferenceSearch } from '#contract/rest/interference';
import { startAnalyst } from '../support/analyst.ts';
import { until } from '../support/until.ts';
import { startBenchGateway } from './bench-gateway.ts';
import { CHANNELS, addTiles } from './bench-spectra.ts';
import { figure, type Row } from './row.ts';
import { watchMemory } from './watch-memory.ts';

/** Searches for interference in stored means of a session, through gateway and sky-analyst. */
export const interference: Row = {
  name: 'interference',
  async run({ quick }) {
    const points = quick ? 2_100 : 45_000;
    const analyst = await startAnalyst();
    const world = await startBenchGateway(1, { SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
    const client = new Client({ connectionString: world.databaseUrl });
    try {
      await client.connect();
      await world.process.maxBlockMs();
      const watch = watchMemory(() => world.process.rssBytes());
      const id = await addTiles(client, points, { first: 0, count: CHANNELS / 16 });
      const path = `/api/skyscan/${id}/interference/searches`;
      const from = performance.now();
      await world.gateway.post(path);
      const state = async () =>
        ((await world.gateway.get(path)).body as InterferenceSearch[]).find(({ band }) => band === 0);
      await until('the search ends', async () => (await state())?.status === 'done', 600_000);
      const seconds = (performance.now() - from) / 1000;
      const name = `${points.toLocaleString('en-US')} points, ${CHANNELS.toLocaleString('en-US')} channels`;
      return [
        figure(`${name}: time`, seconds, 's'),
        figure(`${name}: points per second`, points / seconds, '1/s'),
        figure(`${name}: growth of the gateway`, watch.end() / 2 ** 20, 'MiB', { max: 64 }),
        figure(`${name}: longest block of the event loop`, await world.process.maxBlockMs(), 'ms', {
          max: 50,
        }),
      ];
    } finally {
      await client.end();
      await world.stop();
      await analyst.close();
    }
  },
};
