import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { until } from '../support/until.ts';
import { startBenchGateway, type BenchGateway } from './bench-gateway.ts';
import { startClient } from './client-process.ts';
import { processorSeconds } from './processor.ts';
import { figure, type Row } from './row.ts';
import { median, quantile } from './statistics.ts';
import type { Arrivals } from './viewer-client.ts';

const POINTS_PER_S = 2;

interface BenchSite {
  orchestrator: FakeOrchestrator;
  sessionId: number;
  close(): Promise<unknown>;
}

/**
 * Many sites at one gateway, each with a scan and a viewer, beside a site whose services accept
 * connections and never answer.
 */
export const sites: Row = {
  name: 'sites',
  async run({ quick }) {
    const [count, points] = quick ? [3, 5] : [50, 30];
    const world = await startBenchGateway();
    const closing: (() => Promise<unknown>)[] = [];
    try {
      closing.push(await addSilentSite(world));
      const all: BenchSite[] = [];
      const beforeBytes = world.process.rssBytes();
      for (let n = 1; n <= count; n++) {
        const site = await addSite(world, `site-${n}`);
        closing.push(() => site.close());
        all.push(site);
      }
      const growthMb = (world.process.rssBytes() - beforeBytes) / 1e6 / count;
      const [fromS, usedS] = [performance.now() / 1000, processorSeconds(world.process.pid)];
      const { latenciesMs, arrived } = await measure(world, all, points);
      const share = (processorSeconds(world.process.pid) - usedS) / (performance.now() / 1000 - fromS);
      const name = `${count} sites and a silent one, ${POINTS_PER_S} points per second each`;
      return [
        figure(`${name}: publish to viewer, p50`, median(latenciesMs), 'ms'),
        figure(`${name}: publish to viewer, p99`, quantile(latenciesMs, 0.99), 'ms', { max: 200 }),
        figure(`${name}: messages that arrived, share`, arrived, '', { exactly: 1 }),
        figure(`${name}: processor of the gateway, share of a core`, share, ''),
        figure(`${name}: growth of the gateway's memory for each site`, growthMb, 'MB'),
      ];
    } finally {
      // The gateway first: its connections keep the servers open.
      await world.stop();
      for (const close of closing) await close();
    }
  },
};

async function addSite(world: BenchGateway, name: string): Promise<BenchSite> {
  const [orchestrator, driver] = await Promise.all([startFakeOrchestrator(name), startFakeRotorDriver(name)]);
  const site_id = await world.create('/api/sites', {
    name,
    orchestrator_address: orchestrator.address,
    rotor_driver_address: driver.address,
  });
  const rotor_id = await world.create('/api/rotors', { name: `rotor of ${name}`, site_id, min_elevation: 0 });
  const grid = { az_start: 0, az_end: 99, el_start: 0, el_end: 9, step_deg: 1, rssi_iterations: 1 };
  const sessionId = await world.create('/api/skyscan/start', { rotor_id, ...grid });
  await until('the handover', () => orchestrator.sessions.has(sessionId));
  const running = orchestrator.setStatus(sessionId, 'running');
  await world.publish(`skyscan/sessions/${sessionId}/status`, running, true);
  return {
    orchestrator,
    sessionId,
    close: () => Promise.all([orchestrator.close(), driver.close()]),
  };
}

/** Returns the function that ends it. */
async function addSilentSite(world: BenchGateway): Promise<() => Promise<unknown>> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
  const name = 'silent';
  const site_id = await world.create('/api/sites', {
    name,
    orchestrator_address: address,
    rotor_driver_address: address,
  });
  await world.create('/api/rotors', { name: 'rotor of the silent site', site_id });
  return () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
}

async function measure(
  world: BenchGateway,
  all: BenchSite[],
  points: number,
): Promise<{ latenciesMs: Float64Array; arrived: number }> {
  const urls = all.map(({ sessionId }) => `${world.gateway.wsUrl}/ws/skyscan/${sessionId}`);
  const client = startClient('viewer-client.ts', [urls.join(), String(urls.length)]);
  try {
    await client.message<'ready'>();
    const publishedMs = all.map(() => new Float64Array(points + 1));
    const startMs = performance.now();
    const total = points * all.length;
    for (let n = 0; n < total; n++) {
      const index = n % all.length;
      const { orchestrator, sessionId } = all[index] as BenchSite;
      const message = orchestrator.measure(sessionId);
      (publishedMs[index] as Float64Array)[message.seq] = Number(process.hrtime.bigint()) / 1e6;
      const sent = world.publish(`skyscan/sessions/${sessionId}/points`, message);
      // Scheduled by the clock, so that a late point does not delay all later ones.
      const dueMs = startMs + ((n + 1) * 1000) / (POINTS_PER_S * all.length);
      await delay(Math.max(0, dueMs - performance.now()));
      await sent;
    }
    const arrivals = await until(
      'every point at its viewer',
      async () => {
        const answer = client.message<Arrivals>();
        client.send('report');
        const now = await answer;
        return now.seqs.length >= total || now.connected < urls.length ? now : undefined;
      },
      60_000,
    );
    const latenciesMs = arrivals.atMs.map(
      (at, i) => at - (publishedMs[arrivals.urls[i] as number]?.[arrivals.seqs[i] as number] as number),
    );
    return { latenciesMs, arrived: arrivals.seqs.length / total };
  } finally {
    await client.end();
  }
}
