import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { freePorts } from '../../services/launcher/ports.ts';
import { startObservatory } from '../support/observatory.ts';
import { describeUnless } from '../support/peers.ts';
import type { PublishedSession } from '../support/stack-client.ts';
import { until } from '../support/until.ts';
import { ROOT, startEngine, whyNoEngine, type Engine } from './engine.ts';
import { provideForeignImages, skyScanImage } from './images.ts';
import { commandsUnder, openShell, type Shell } from './shell.ts';

// Types the commands of docs/deploy.md in a copy of the repository, as a user with podman does.
// Only ports are changed.

const DOCUMENT = 'docs/deploy.md';
const SCAN_MS = 600_000;

describeUnless(whyNoEngine(), 'the commands of docs/deploy.md', () => {
  let engine: Engine;
  let folder: string;
  let shell: Shell;
  let url: string;
  let link: string;
  let mqtts: string;

  beforeAll(async () => {
    engine = await startEngine();
    await provideForeignImages(engine);
    // The first command builds it.
    await engine.podman('image', 'rm', '--force', skyScanImage()).catch(() => undefined);
    folder = copyOfRepository();
    const [http = '', mqtt = '', mqttsPort = '', linkPort = ''] = (await freePorts(4)).map(String);
    const ports = { HTTP_PORT: http, MQTT_PORT: mqtt, MQTTS_PORT: mqttsPort, LINK_PORT: linkPort };
    shell = openShell(folder, { ...engine.env, ...ports });
    url = `http://127.0.0.1:${http}`;
    // The certificates name localhost too.
    mqtts = `mqtts://localhost:${mqttsPort}`;
    link = `localhost:${linkPort}`;
  }, 1_200_000);

  afterAll(async () => {
    await engine.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  const withPort = (text: string) => text.replaceAll('http://127.0.0.1:8080', url);

  test('start all services and a scan', { timeout: 1_200_000 }, async () => {
    const [up, ...others] = commandsUnder(DOCUMENT, '## Containers');
    await shell.type(up?.text ?? '');
    for (const { text } of others) {
      // podman-compose 1.0.3 exits with 0 when the command in the container fails.
      const check = text.startsWith('KEY=') ? ' && [ -n "$KEY" ]' : '';
      await shell.typeUntilItWorks(withPort(text) + check);
    }
    expect((await session()).status).toMatch(/^(starting|running)$/);
  });

  test('run every container without root, capabilities and a writable root', async () => {
    const names = await containers();
    expect(names).toHaveLength(7);
    for (const name of names) {
      const format = '{{.HostConfig.ReadonlyRootfs}} {{len .EffectiveCaps}} {{.Config.User}}';
      expect(await inspect(name, format), name).toMatch(/^true 0 (1000:1000|999:999|1883:1883)$/);
    }
  });

  test('make every health check succeed', async () => {
    for (const name of await containers())
      await until(`${name} is healthy`, () => engine.podman('healthcheck', 'run', name).then(() => true));
  });

  test('keep the database and the hardware away from other services', async () => {
    const finds = async (service: string, name: string) =>
      engine
        .podman('exec', containerOf(service), 'node', '-e', `require('dns').promises.lookup('${name}')`)
        .then(
          () => true,
          () => false,
        );
    expect(await finds('api-gateway', 'postgres')).toBe(true);
    expect(await finds('rotor-driver', 'simulator')).toBe(true);
    expect(await finds('rotor-driver', 'postgres')).toBe(false);
    expect(await finds('api-gateway', 'simulator')).toBe(false);
  });

  test(
    'start a scan that stores every point once, whichever container is killed',
    { timeout: SCAN_MS + 60_000 },
    async () => {
      const { total_points: total } = await session();
      for (const [share, service] of [
        [0.1, 'scan-orchestrator'],
        [0.3, 'api-gateway'],
        [0.5, 'mosquitto'],
        [0.7, 'rotor-driver'],
      ] as const) {
        await untilPoints(Math.ceil(total * share));
        await kill(service);
      }
      await until('the scan has ended', async () => (await session()).status === 'completed', SCAN_MS);
      expect((await session()).completed_points).toBe(total);
      const points = await call<PublishedMeasurement[]>('/api/skyscan/1/measurements');
      expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
      expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(total);
    },
  );

  test('make the secrets of a Raspberry Pi and keep the stored scan', { timeout: 300_000 }, async () => {
    const all = commandsUnder(DOCUMENT, '### Server and Raspberry Pi');
    // The last two start the services of the Pi at its own address.
    for (const { text } of all.slice(0, -2)) await shell.type(text);
    for (const service of ['scan-orchestrator', 'rotor-driver', 'sdr-sampler'])
      for (const name of ['ca.pem', 'grpc-token', 'mqtt-password', 'tls.pem', 'tls-key.pem'])
        expect(existsSync(join(folder, 'data/secrets', service, name)), `${service}/${name}`).toBe(true);
    await until('the gateway answers', async () => (await session()).status === 'completed');
  });

  test('scan at a site that dials in', { timeout: SCAN_MS + 300_000 }, async () => {
    const all = commandsUnder(DOCUMENT, '### A site that dials in').map(({ text }) => text);
    // The last two are those of the Pi. This server is not told an address of it.
    await shell.type('unset ORCHESTRATOR_ADDRESS ROTOR_DRIVER_ADDRESS && docker compose up --detach');
    for (const text of all.slice(0, -2)) await shell.typeUntilItWorks(withPort(text));

    // Another machine: its containers have other names.
    const pi = copyOfRepository();
    const observatory = await startObservatory();
    try {
      const compose = readFileSync(join(pi, 'docker-compose.yml'), 'utf8');
      writeFileSync(
        join(pi, 'docker-compose.yml'),
        compose.replace('\nname: sky-scan\n', '\nname: valley\n'),
      );
      cpSync(join(folder, 'valley-secrets.tar'), join(pi, 'pi-secrets.tar'));
      const shellOfPi = openShell(pi, { ...engine.env, RTL_TCP: `127.0.0.1:${observatory.rtlTcpPort}` });
      await shellOfPi.type(commandsUnder(DOCUMENT, '### Server and Raspberry Pi').at(-3)?.text ?? '');
      for (const text of all.slice(-2))
        await shellOfPi.type(text.replace('mqtts://server.lan:8883', mqtts).replace('server.lan:8443', link));

      const sites = await call<{ id: number; name: string }[]>('/api/sites');
      const rotor = await call<{ id: number }>('/api/rotors', {
        name: 'Valley',
        site_id: sites.find(({ name }) => name === 'valley')?.id,
        host: '127.0.0.1',
        port: observatory.rotctldPort,
      });
      const grid = { az_start: 0, az_end: 20, el_start: 10, el_end: 20, step_deg: 5 };
      const { id } = await until('the site is linked and starts a scan', () =>
        call<PublishedSession>('/api/skyscan/start', { rotor_id: rotor.id, ...grid }),
      ).catch(async (error: unknown) => {
        const log = await engine.podman('logs', 'valley_pi-site-link_1');
        throw new Error(`site-link: ${log}`, { cause: error });
      });
      const scan = () => call<PublishedSession>(`/api/skyscan/${id}`);
      await until('the scan has ended', async () => (await scan()).status === 'completed', SCAN_MS);
      expect((await scan()).completed_points).toBe(15);
    } finally {
      await observatory.close();
      rmSync(pi, { recursive: true, force: true });
    }
  });

  test('change the API key', { timeout: 300_000 }, async () => {
    const before = await apiKey();
    for (const { text } of commandsUnder(DOCUMENT, '### Maintenance')) await shell.type(text);
    await until('the gateway answers', async () => (await session()).status === 'completed');
    expect(await apiKey()).toBe('NEW-KEY-OF-AT-LEAST-16-CHARACTERS');
    const refused = await fetch(`${url}/api/skyscan/1`, { headers: { authorization: `Bearer ${before}` } });
    expect(refused.status).toBe(401);
  });

  const containerOf = (service: string) => `sky-scan_${service}_1`;

  /** The containers that should be running: all except the one that created the secrets. */
  async function containers(): Promise<string[]> {
    const names = (await engine.podman('ps', '--all', '--format', '{{.Names}}')).trim().split('\n');
    return names.filter((name) => name !== containerOf('secrets'));
  }

  async function inspect(container: string, format: string): Promise<string> {
    return (await engine.podman('inspect', '--format', format, container)).trim();
  }

  /**
   * Kills the processes of a container as the kernel does when memory is exhausted, and waits until
   * podman has restarted it (restart policy). After `podman kill` it would stay stopped, like after
   * `docker kill`.
   */
  async function kill(service: string): Promise<void> {
    const container = containerOf(service);
    const pid = async () => Number(await inspect(container, '{{.State.Pid}}'));
    const killed = await pid();
    expect(killed).toBeGreaterThan(1);
    process.kill(killed, 'SIGKILL');
    await until(`${service} runs again`, async () => ![0, killed].includes(await pid()));
  }

  async function apiKey(): Promise<string> {
    return (await engine.podman('exec', containerOf('api-gateway'), 'cat', '/secrets/api-keys')).trim();
  }

  async function call<T>(path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${await apiKey()}`, 'content-type': 'application/json' };
    const content = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { headers, ...content });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  function session(): Promise<PublishedSession> {
    return call('/api/skyscan/1');
  }

  async function untilPoints(points: number): Promise<void> {
    await until(`${points} points`, async () => (await session()).completed_points >= points, SCAN_MS);
  }
});

/** A new folder with the files of the repository. */
function copyOfRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-deploy-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter((name) => existsSync(join(ROOT, name)) && name !== '')) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}
