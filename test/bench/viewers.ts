import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { until } from '../support/until.ts';
import { startBenchGateway } from './bench-gateway.ts';
import { startClient } from './client-process.ts';
import { processorSeconds, sendQueueBytes } from './processor.ts';
import { figure, type Row } from './row.ts';
import { median, quantile } from './statistics.ts';
import type { Arrivals } from './viewer-client.ts';

const POINTS_PER_S = 10;

/**
 * Many viewers of one session: latency of a point from MQTT through the database to all of them,
 * with one gateway and with two or three that share them.
 */
export const viewers: Row = {
  name: 'viewers',
  async run({ quick }) {
    const one = await measure(1, quick);
    const two = await measure(2, quick);
    const three = await measure(3, quick);
    const name = `${one.count} viewers, ${POINTS_PER_S} points per second`;
    const shared = `${name}, two gateways`;
    const spread = `${name}, three gateways`;
    return [
      figure(`${name}: publish to viewer, p50`, one.p50Ms, 'ms'),
      figure(`${name}: publish to viewer, p99`, one.p99Ms, 'ms', { max: 100 }),
      figure(`${name}: messages that arrived, share`, one.arrived, '', { exactly: 1 }),
      figure(`${name}: viewers disconnected`, one.disconnected, '', { exactly: 0 }),
      figure(`${name}: processor of the gateway, share of a core`, one.processorShare, ''),
      figure(`${name}: maximum data in send queues`, one.maxQueuedBytes / 1000, 'kB'),
      figure(`${name}: transactions per point`, one.transactionsPerPoint, ''),
      figure(`${shared}: publish to viewer, p99`, two.p99Ms, 'ms'),
      figure(`${shared}: p99 over that of one`, two.p99Ms / one.p99Ms, '', { max: 1.2 }),
      figure(`${shared}: messages that arrived, share`, two.arrived, '', { exactly: 1 }),
      figure(`${shared}: transactions per point`, two.transactionsPerPoint, '', { max: 4 }),
      figure(`${spread}: messages that arrived, share`, three.arrived, '', { exactly: 1 }),
      figure(
        `${spread}: transactions over those of one`,
        three.transactionsPerPoint / one.transactionsPerPoint,
        '',
        { max: 1.1 },
      ),
    ];
  },
};

interface Watched {
  count: number;
  p50Ms: number;
  p99Ms: number;
  /** Share of the messages. */
  arrived: number;
  disconnected: number;
  processorShare: number;
  maxQueuedBytes: number;
  transactionsPerPoint: number;
}

async function measure(gatewayCount: number, quick: boolean): Promise<Watched> {
  const [count, points] = quick ? [20, 20] : [1_000, 200];
  const world = await startBenchGateway(gatewayCount);
  const { gateway, gateways, orchestrator, publish } = world;
  try {
    const rotor = (await gateway.post('/api/rotors', { name: 'watched', min_elevation: 0 })).body as {
      id: number;
    };
    const grid = { az_start: 0, az_end: 99, el_start: 0, el_end: 9, step_deg: 1, rssi_iterations: 1 };
    const started = await gateway.post('/api/skyscan/start', { rotor_id: rotor.id, ...grid });
    if (started.status !== 201) throw new Error(`start: ${started.status} ${started.text}`);
    const { id } = started.body as { id: number };
    await until('the handover', () => orchestrator.sessions.has(id));
    await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'running'), true);
    const urls = gateways.map(({ wsUrl }) => `${wsUrl}/ws/skyscan/${id}`).join();
    const client = startClient('viewer-client.ts', [urls, String(count)]);
    try {
      await client.message<'ready'>();
      const publishedMs = new Float64Array(points + 1);
      const transactionsBefore = await transactions(world.databaseUrl);
      const [fromS, usedS] = [performance.now() / 1000, processorSeconds(world.process.pid)];
      let maxQueuedBytes = 0;
      for (let seq = 1; seq <= points; seq++) {
        const message = orchestrator.measure(id);
        publishedMs[seq] = Number(process.hrtime.bigint()) / 1e6;
        const sent = publish(`skyscan/sessions/${id}/points`, message);
        // Scheduled by the clock, so that a late point does not delay all later ones.
        await delay(Math.max(0, (fromS + seq / POINTS_PER_S) * 1000 - performance.now()));
        maxQueuedBytes = Math.max(maxQueuedBytes, sendQueueBytes(gateway.port));
        await sent;
      }
      const share = (processorSeconds(world.process.pid) - usedS) / (performance.now() / 1000 - fromS);
      const arrivals = await until(
        'every point at every viewer',
        async () => {
          const answer = client.message<Arrivals>();
          client.send('report');
          const now = await answer;
          return now.seqs.length >= count * points || now.connected < count ? now : undefined;
        },
        60_000,
      );
      const latenciesMs = arrivals.atMs.map(
        (at, i) => at - (publishedMs[arrivals.seqs[i] as number] as number),
      );
      return {
        count,
        p50Ms: median(latenciesMs),
        p99Ms: quantile(latenciesMs, 0.99),
        arrived: arrivals.seqs.length / (count * points),
        disconnected: count - arrivals.connected,
        processorShare: share,
        maxQueuedBytes,
        transactionsPerPoint: ((await transactions(world.databaseUrl)) - transactionsBefore) / points,
      };
    } finally {
      await client.end();
    }
  } finally {
    await world.stop();
  }
}

/** Transactions of the database so far; the server counts them at most a second later. */
async function transactions(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await delay(1_500);
    const { rows } = await client.query<{ count: string }>(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
