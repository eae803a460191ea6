import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { loadConfig } from '#shared/runtime/env';
import { freePort } from '#shared/runtime/free-port';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { configSchema } from '../../services/site-link/config.ts';
import { start } from '../../services/site-link/service.ts';
import { createGatewayWorld, type Answer, type GatewayWorld } from '../support/gateway-harness.ts';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver, type FakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { createLinkAuthority, type LinkAuthority } from '../support/link-certificates.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { recordLog } from '../support/recorded-log.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// Sites that dial the gateway, because it cannot reach them.

describeWithPrograms(['openssl'], 'sites that dial in', () => {
  let folder: string;
  let authority: LinkAuthority;
  let world: GatewayWorld;
  let linkPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-link-'));
    authority = createLinkAuthority(join(folder, 'authority'));
    linkPort = await freePort();
    world = await createGatewayWorld({ LINK_PORT: String(linkPort), ...authority.gateway });
  });
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const messageOf = ({ body }: Answer) => (body as { detail?: string }).detail;

  /** A site with services of its own, added to the gateway, and a rotor there. */
  async function addSite(name: string): Promise<Site> {
    const [orchestrator, driver] = await Promise.all([
      startFakeOrchestrator(name),
      startFakeRotorDriver(name),
    ]);
    onTestFinished(async () => {
      await Promise.all([orchestrator.close(), driver.close()]);
    });
    const added = await world.gateway.post('/api/sites', { name });
    expect(added.status).toBe(201);
    const { id } = added.body as { id: number };
    const rotor = await world.gateway.post('/api/rotors', { name: `rotor at ${name}`, site_id: id });
    expect(rotor.status).toBe(201);
    const rotorId = (rotor.body as { id: number }).id;
    return { name, id, rotorId, orchestrator, driver, stop: () => stopRotor(rotorId) };
  }

  const stopRotor = (rotorId: number) => world.gateway.post(`/api/rotors/${rotorId}/stop`);

  /** The site-link of a site; `reasons`: what it logs. */
  async function startLink(
    { name, orchestrator, driver }: Site,
    env: Record<string, string> = {},
  ): Promise<{ reasons: () => string[]; close(): Promise<void> }> {
    const { logger, lines } = recordLog('info');
    const lifecycle = createLifecycle(createLogger('test', 'silent'));
    onTestFinished(() => lifecycle.close());
    const config = loadConfig(configSchema, {
      SITE_NAME: name,
      GATEWAY_LINKS: `127.0.0.1:${linkPort}`,
      ORCHESTRATOR_ADDRESS: orchestrator.address,
      ROTOR_DRIVER_ADDRESS: driver.address,
      ...authority.site(name),
      ...env,
    });
    await start(config, logger, lifecycle);
    return {
      reasons: () => lines.flatMap(({ reason }) => reason ?? []),
      close: () => lifecycle.close(),
    };
  }

  /** Both connections of the gateway to the site work. */
  const untilLinked = (site: Site) =>
    until(`site ${site.name} is linked`, async () => {
      const answers = [await site.stop(), await world.gateway.get(`/api/receivers?site_id=${site.id}`)];
      return answers.every(({ status }) => status === 200);
    });

  test('a rotor at the site is stopped and a scan runs there', async () => {
    const site = await addSite('hill');
    const before = await site.stop();
    expect([before.status, messageOf(before)]).toEqual([
      503,
      'Cannot connect to rotor-driver: site hill is not linked (check that its site-link runs and names this gateway in GATEWAY_LINKS, and LINK_PORT here)',
    ]);
    await startLink(site);
    await untilLinked(site);
    expect(site.driver.calls.map(([method]) => method)).toContain('stop');
    const scan = await startTestScan(
      { ...world, orchestrator: site.orchestrator, driver: site.driver },
      { rows: 1, columns: 3 },
      site.rotorId,
    );
    await scan.measure(3);
    await scan.untilStored(3);
    const { body } = await world.gateway.get('/health');
    expect(JSON.stringify(body)).not.toContain('site hill');
  });

  test('what the orchestrator refuses keeps its reason', async () => {
    const site = await addSite('dale');
    await startLink(site);
    await untilLinked(site);
    site.driver.failure = new SkyScanError('busy', 'the rotor is held');
    const answer = await world.gateway.post(`/api/rotors/${site.rotorId}/move`, {
      azimuth: 10,
      elevation: 10,
    });
    expect([answer.status, messageOf(answer)]).toEqual([409, expect.stringContaining('the rotor is held')]);
  });

  describe('a site is refused', () => {
    test('with the certificate of another site', async () => {
      const site = await addSite('moor');
      const { reasons } = await startLink(site, authority.site('other'));
      await until('the refusal', () => reasons().length > 0);
      expect(reasons()[0]).toMatch(
        /^gateway .+ refuses this site: its certificate is that of other, not of site moor$/,
      );
      expect((await site.stop()).status).toBe(503);
    });

    test('with a certificate of another authority', async () => {
      const site = await addSite('fen');
      const other = createLinkAuthority(join(folder, 'other'));
      const { LINK_TLS_CERT = '', LINK_TLS_KEY = '' } = other.site('fen');
      const { reasons } = await startLink(site, { LINK_TLS_CERT, LINK_TLS_KEY });
      await until('the refusal', () => reasons().length > 0);
      expect(reasons()[0]).toMatch(/the gateway closed the link before it accepted this site/);
      expect((await site.stop()).status).toBe(503);
    });

    test('while the gateway does not know it, has its addresses, or another site-link serves it', async () => {
      const site = await addSite('glen');
      const put = (fields: object) =>
        world.gateway.request(`/api/sites/${site.id}`, { method: 'PUT', body: fields });
      await put({
        orchestrator_address: site.orchestrator.address,
        rotor_driver_address: site.driver.address,
      });
      expect((await site.stop()).status).toBe(200);
      const first = await startLink(site);
      await until('the refusal', () =>
        first.reasons().some((reason) => reason.includes('site glen is reached at its addresses')),
      );
      await put({ orchestrator_address: null, rotor_driver_address: null });
      await untilLinked(site);
      const second = await startLink(site);
      await until('the refusal', () =>
        second.reasons().some((reason) => reason.endsWith('it is linked already, from 127.0.0.1')),
      );
      await first.close();
      await untilLinked(site);

      const unknown = await startLink({ ...site, name: 'nowhere' });
      await until('the refusal', () =>
        unknown
          .reasons()
          .some((reason) => reason.endsWith('there is no site nowhere here (yet): add it to /api/sites')),
      );
    });
  });

  test('a gateway with a certificate of another authority is not trusted', async () => {
    const site = await addSite('isle');
    const other = createLinkAuthority(join(folder, 'third'));
    const { reasons } = await startLink(site, { LINK_TLS_CA: other.gateway['LINK_TLS_CA'] ?? '' });
    await until('the reason', () => reasons().length > 0);
    expect(reasons()[0]).toMatch(/has a TLS certificate that is not accepted/);
  });

  test('something else than a gateway is reported', async () => {
    const site = await addSite('cape');
    const { reasons } = await startLink(site, { GATEWAY_LINKS: `127.0.0.1:${world.gateway.port}` });
    await until('the reason', () => reasons().length > 0);
    expect(reasons()[0]).toMatch(/does not speak the expected protocol|closed the connection/);
  });

  test('garbage at the link port does no harm', async () => {
    const site = await addSite('ridge');
    await startLink(site);
    await untilLinked(site);
    const socket = connect(linkPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await site.stop()).status).toBe(200);
  });

  test('a renamed site must dial in under its new name', async () => {
    const site = await addSite('old-name');
    const { reasons } = await startLink(site);
    await untilLinked(site);
    await world.gateway.request(`/api/sites/${site.id}`, { method: 'PUT', body: { name: 'new-name' } });
    await until('the refusal', () =>
      reasons().some((reason) =>
        reason.endsWith('there is no site old-name here (yet): add it to /api/sites'),
      ),
    );
    expect((await site.stop()).status).toBe(503);
  });

  test('a site without network slows no other, and links again by itself', async () => {
    const [far, near] = [await addSite('far'), await addSite('near')];
    const uplink: TcpProxy = await startTcpProxy({ targetPort: linkPort });
    onTestFinished(() => uplink.close());
    await startLink(far, { GATEWAY_LINKS: uplink.address });
    await startLink(near);
    await untilLinked(far);
    await untilLinked(near);
    uplink.setCondition({ kind: 'silent' });
    const lost = far.stop();
    for (let n = 0; n < 20; n++) expect((await near.stop()).status).toBe(200);
    expect((await lost).status).toBe(503);
    uplink.setCondition({ kind: 'normal' });
    await untilLinked(far);
  });
});

interface Site {
  name: string;
  id: number;
  rotorId: number;
  orchestrator: FakeOrchestrator;
  driver: FakeRotorDriver;
  stop: () => Promise<Answer>;
}
