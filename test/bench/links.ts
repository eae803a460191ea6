import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#shared/runtime/free-port';
import { startDelayLine } from '../support/delay-line.ts';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { createLinkAuthority, type LinkAuthority } from '../support/link-certificates.ts';
import { findProgram } from '../support/peers.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { startBenchGateway, type BenchGateway } from './bench-gateway.ts';
import { figure, type Figure, type Row } from './row.ts';
import { median, quantile } from './statistics.ts';

/** A mobile network: 25 ms each way. */
const FAR_MS = 25;

interface BenchSite {
  rotorId: number;
  orchestrator: FakeOrchestrator;
}

/**
 * How long a stop takes to a site that the gateway reaches directly, to one that dials in, to one
 * that dials in from far away, and to that while the gateway fetches its points.
 */
export const links: Row = {
  name: 'links',
  async run({ quick }) {
    if (!findProgram('openssl')) return { notAvailable: 'openssl is not installed' };
    const [calls, points] = quick ? [20, 2_000] : [300, 20_000];
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-links-'));
    const authority = createLinkAuthority(folder);
    const linkPort = await freePort();
    const world = await startBenchGateway(1, { LINK_PORT: String(linkPort), ...authority.gateway });
    const line = await startDelayLine({ targetPort: linkPort, downMs: FAR_MS, upMs: FAR_MS });
    const closing: (() => Promise<unknown>)[] = [() => line.close()];
    const parts = { world, authority, closing };
    try {
      const direct = await addSite(parts, 'direct');
      const linked = await addSite(parts, 'linked', linkPort);
      const far = await addSite(parts, 'far', line.port);
      const figures: Figure[] = [];
      for (const [name, site] of [
        ['direct', direct],
        ['dials in', linked],
        [`dials in, ${FAR_MS} ms each way`, far],
      ] as const)
        figures.push(...stopFigures(name, await stopTimes(world, site.rotorId, calls)));
      const times = await stopTimesWhileFetching(world, far, points);
      figures.push(...stopFigures(`dials in, ${FAR_MS} ms each way, fetching ${points} points`, times));
      return figures;
    } finally {
      await world.stop();
      for (const close of closing) await close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function stopFigures(name: string, timesMs: number[]): Figure[] {
  return [
    figure(`${name}: stop, p50`, median(timesMs), 'ms'),
    figure(`${name}: stop, p99`, quantile(timesMs, 0.99), 'ms', { max: 300 }),
  ];
}

/** With `uplinkPort` the site dials in there. */
async function addSite(
  {
    world,
    authority,
    closing,
  }: { world: BenchGateway; authority: LinkAuthority; closing: (() => Promise<unknown>)[] },
  name: string,
  uplinkPort?: number,
): Promise<BenchSite> {
  const [orchestrator, driver] = await Promise.all([startFakeOrchestrator(name), startFakeRotorDriver(name)]);
  closing.push(() => Promise.all([orchestrator.close(), driver.close()]));
  if (uplinkPort !== undefined) {
    const process = await startServiceProcess('site-link', {
      SITE_NAME: name,
      GATEWAY_LINKS: `127.0.0.1:${uplinkPort}`,
      ORCHESTRATOR_ADDRESS: orchestrator.address,
      ROTOR_DRIVER_ADDRESS: driver.address,
      ...authority.site(name),
    });
    closing.unshift(() => {
      process.kill('SIGTERM');
      return process.exited;
    });
  }
  const site_id = await world.create('/api/sites', {
    name,
    ...(uplinkPort === undefined && {
      orchestrator_address: orchestrator.address,
      rotor_driver_address: driver.address,
    }),
  });
  const rotorId = await world.create('/api/rotors', { name: `rotor of ${name}`, site_id, min_elevation: 0 });
  await until(`a stop at ${name}`, async () => (await stop(world, rotorId)) === 200);
  return { rotorId, orchestrator };
}

/** Stops one after the other while `goesOn`, at most `max`; the time of each, ms. */
async function stopTimes(
  world: BenchGateway,
  rotorId: number,
  max: number,
  goesOn: () => boolean = () => true,
): Promise<number[]> {
  const times: number[] = [];
  while (times.length < max && goesOn()) {
    const sinceMs = performance.now();
    const status = await stop(world, rotorId);
    if (status !== 200) throw new Error(`stop: ${status}`);
    times.push(performance.now() - sinceMs);
  }
  return times;
}

/** The gateway fetches points that the site has measured without a connection to the broker. */
async function stopTimesWhileFetching(
  world: BenchGateway,
  { rotorId, orchestrator }: BenchSite,
  points: number,
): Promise<number[]> {
  const grid = { az_start: 0, az_end: 359, el_start: 0, el_end: 59, step_deg: 1, rssi_iterations: 1 };
  const id = await world.create('/api/skyscan/start', { rotor_id: rotorId, ...grid });
  await until('the handover', () => orchestrator.sessions.has(id));
  for (let n = 0; n < points; n++) orchestrator.measure(id);
  let isFetching = true;
  const fetched = until(
    'all points',
    async () => {
      const { body } = await world.gateway.get(`/api/skyscan/${id}`);
      return (body as { completed_points: number }).completed_points === points;
    },
    300_000,
  ).finally(() => (isFetching = false));
  const times = await stopTimes(world, rotorId, Infinity, () => isFetching);
  await fetched;
  return times;
}

async function stop(world: BenchGateway, rotorId: number): Promise<number> {
  return (await world.gateway.post(`/api/rotors/${rotorId}/stop`)).status;
}
