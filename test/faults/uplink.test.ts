import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#shared/runtime/free-port';
import { createLinkAuthority } from '../support/link-certificates.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { startServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { callApi, fastRotor } from '../support/stack-client.ts';
import { request, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { expectComplete, startScan, TOTAL, untilPoints } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// The real services of a site behind a router: they reach the gateway, it cannot reach them.

describeWithPrograms(['openssl'], 'a site that dials in', () => {
  let folder: string;
  let watched: WatchedStack;
  let gateway: ServiceProcess;
  let startSiteLink: () => Promise<ServiceProcess>;
  let siteLink: ServiceProcess;
  /** The two connections through the router. */
  let uplink: TcpProxy;
  let broker: TcpProxy;
  /** The stack with that gateway instead of its own. */
  let server: TestStack;
  let rotorId: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-uplink-'));
    const authority = createLinkAuthority(folder);
    watched = await startWatchedStack({ env: { SITE_NAME: 'hill' } });
    const { stack, link } = watched;
    await stack.down('api-gateway');
    const linkPort = await freePort();
    uplink = await startTcpProxy({ targetPort: linkPort });
    broker = await startTcpProxy({ targetPort: Number(new URL(stack.addresses.mqttUrl).port) });
    gateway = await startServiceProcess('api-gateway', {
      HTTP_PORT: '0',
      DATABASE_URL: stack.databaseUrl,
      // Nothing listens there.
      ORCHESTRATOR_ADDRESS: '127.0.0.1:1',
      ROTOR_DRIVER_ADDRESS: '127.0.0.1:1',
      MQTT_URL: `mqtt://${broker.address}`,
      LINK_PORT: String(linkPort),
      ...authority.gateway,
      ...stack.access,
    });
    startSiteLink = () =>
      startServiceProcess('site-link', {
        SITE_NAME: 'hill',
        GATEWAY_LINKS: uplink.address,
        ORCHESTRATOR_ADDRESS: stack.addresses.orchestrator,
        ROTOR_DRIVER_ADDRESS: stack.addresses.rotorDriver,
        ...authority.site('hill'),
      });
    siteLink = await startSiteLink();
    const httpUrl = `http://127.0.0.1:${gateway.facts?.port ?? 0}`;
    server = { ...stack, httpUrl, api: (method, path, body) => request(`${httpUrl}${path}`, method, body) };
    const { id } = await callApi<{ id: number }>(server, 'POST', '/api/sites', { name: 'hill' });
    const rotor = fastRotor(stack, { name: 'on the hill', port: link.port, site_id: id });
    ({ id: rotorId } = await callApi<{ id: number }>(server, 'POST', '/api/rotors', rotor));
  });

  afterAll(async () => {
    for (const process of [gateway, siteLink]) process.kill('SIGTERM');
    expect(await Promise.all([gateway.exited, siteLink.exited])).toEqual([0, 0]);
    await watched.stop();
    await Promise.all([uplink.close(), broker.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['silent', 'refuse'] as const)(
    'without its uplink (%s) it continues the scan; afterwards everything arrives once',
    async (kind) => {
      const id = await startScan(server, rotorId);
      await untilPoints(server, id, 10);
      for (const proxy of [uplink, broker]) proxy.setCondition({ kind });
      await until('the orchestrator has measured everything', () =>
        watched.stack.log('scan-orchestrator').includes(`session ${id} is completed`),
      );
      const shown = await callApi<{ completed_points: number }>(server, 'GET', `/api/skyscan/${id}`);
      expect(shown.completed_points).toBeLessThan(TOTAL);
      for (const proxy of [uplink, broker]) proxy.setCondition({ kind: 'normal' });
      await expectComplete(server, id);
    },
  );

  test('a killed and restarted site-link changes nothing for the scan', async () => {
    const id = await startScan(server, rotorId);
    await untilPoints(server, id, 10);
    siteLink.kill('SIGKILL');
    await siteLink.exited;
    siteLink = await startSiteLink();
    await expectComplete(server, id);
  });
});
