import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { request, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import {
  expectComplete,
  untilPoints,
  untilStatusWithRetry,
  startScan,
  TOTAL,
} from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';
import { watchAsViewer } from './observers.ts';

// Gateway and database run on a server; orchestrator, driver, sampler and broker on a Pi. The
// network between them fails for longer than the rest of the scan.

const LINKS = ['orchestrator', 'driver', 'broker'] as const;
let watched: WatchedStack;
let links: Record<(typeof LINKS)[number], TcpProxy>;
let gateway: ServiceProcess;
/** The stack with the gateway on the server. */
let server: TestStack;

beforeAll(async () => {
  watched = await startWatchedStack();
  const { stack } = watched;
  const portOf = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1));
  const [orchestrator, driver, broker] = await Promise.all([
    startTcpProxy({ targetPort: portOf(stack.addresses.orchestrator) }),
    startTcpProxy({ targetPort: portOf(stack.addresses.rotorDriver) }),
    startTcpProxy({ targetPort: portOf(stack.addresses.mqttUrl) }),
  ]);
  links = { orchestrator, driver, broker };
  await stack.down('api-gateway');
  gateway = await startServiceProcess('api-gateway', {
    HTTP_PORT: '0',
    DATABASE_URL: stack.databaseUrl,
    ORCHESTRATOR_ADDRESS: orchestrator.address,
    ROTOR_DRIVER_ADDRESS: driver.address,
    MQTT_URL: `mqtt://${broker.address}`,
    ...stack.access,
  });
  const httpUrl = `http://127.0.0.1:${gateway.facts?.port ?? 0}`;
  server = { ...stack, httpUrl, api: (method, path, body) => request(`${httpUrl}${path}`, method, body) };
});

afterEach(() => {
  for (const name of LINKS) links[name].setCondition({ kind: 'normal' });
});

afterAll(async () => {
  gateway.kill('SIGTERM');
  await gateway.exited;
  await watched.stop();
  await Promise.all(LINKS.map((name) => links[name].close()));
});

test.each(['silent', 'refuse'] as const)(
  'network failure (%s): the scan continues; afterwards everything arrives once, and viewers miss nothing',
  async (kind) => {
    const id = await startScan(server, watched.rotorId);
    const viewer = watchAsViewer(server, id);
    try {
      await untilPoints(server, id, 10);
      // Points of the journal may be stored a moment before the status.
      await untilStatusWithRetry(server, id, 'running');
      for (const name of LINKS) links[name].setCondition({ kind });
      await until('the orchestrator has measured everything', () =>
        watched.stack.log('scan-orchestrator').includes(`session ${id} is completed`),
      );
      // Stored points are still readable; changes are refused as unavailable.
      const shown = await server.api<{ status: string; completed_points: number }>(
        'GET',
        `/api/skyscan/${id}`,
      );
      expect(shown).toMatchObject({ status: 200, body: { status: 'running' } });
      expect(shown.body.completed_points).toBeLessThan(TOTAL);
      expect(await server.api('POST', `/api/skyscan/${id}/pause`)).toMatchObject({
        status: 503,
        body: { detail: expect.stringMatching(/^Cannot connect to scan-orchestrator/) as string },
      });
      for (const name of LINKS) links[name].setCondition({ kind: 'normal' });
      expect((await expectComplete(server, id)).notes).toBeNull();
      await until('the viewer has received everything', () => viewer.seqs.length >= TOTAL);
      expect(viewer.seqs).toEqual(Array.from({ length: TOTAL }, (_, i) => i + 1));
    } finally {
      viewer.close();
    }
  },
);
