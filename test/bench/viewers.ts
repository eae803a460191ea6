import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { startBenchGateway } from './bench-gateway.ts';
import { startClient } from './client-process.ts';
import { processorSeconds, sendQueueBytes } from './processor.ts';
import { figure, type Row } from './row.ts';
import { median, quantile } from './statistics.ts';
import type { Arrivals } from './viewer-client.ts';

const POINTS_PER_S = 10;

/**
 * Many viewers of one session: latency of a point from MQTT through the database to all of them.
 */
export const viewers: Row = {
  name: 'viewers',
  async run({ quick }) {
    const [count, points] = quick ? [20, 20] : [1_000, 200];
    const world = await startBenchGateway();
    const { gateway, orchestrator, publish } = world;
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
      const client = startClient('viewer-client.ts', [`${gateway.wsUrl}/ws/skyscan/${id}`, String(count)]);
      try {
        await client.message<'ready'>();
        const publishedMs = new Float64Array(points + 1);
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
        const name = `${count} viewers, ${POINTS_PER_S} points per second`;
        return [
          figure(`${name}: publish to viewer, p50`, median(latenciesMs), 'ms'),
          figure(`${name}: publish to viewer, p99`, quantile(latenciesMs, 0.99), 'ms', { max: 100 }),
          figure(`${name}: messages that arrived, share`, arrivals.seqs.length / (count * points), '', {
            exactly: 1,
          }),
          figure(`${name}: viewers disconnected`, count - arrivals.connected, '', { exactly: 0 }),
          figure(`${name}: processor of the gateway, share of a core`, share, ''),
          figure(`${name}: maximum data in send queues`, maxQueuedBytes / 1000, 'kB'),
        ];
      } finally {
        await client.end();
      }
    } finally {
      await world.stop();
    }
  },
};
