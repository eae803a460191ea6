import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { describeUnless } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { ROOT, startEngine, whyNoEngine, type Engine } from './engine.ts';
import { foreignImages, provideForeignImages, skyScanImage } from './images.ts';
import { commandsUnder, openShell } from './shell.ts';

// The manifests of deploy/kubernetes, run by `podman play kube` with PostgreSQL and Mosquitto
// beside them. podman 4.3 runs Deployment and Secret, ignores Service and PodDisruptionBudget, and
// has no Job: the pod of the job is run instead.

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: { template: { metadata: object; spec: { containers: { ports?: object[] }[] } } };
}

const NETWORK = 'sky-scan-kubernetes';
const PODS = ['api-gateway-pod-0', 'api-gateway-pod-1'];

describeUnless(whyNoEngine(), 'the manifests of deploy/kubernetes', () => {
  let engine: Engine;
  let folder: string;
  let secrets: string;

  beforeAll(async () => {
    engine = await startEngine();
    await provideForeignImages(engine);
    await engine.podman('build', '--tag', skyScanImage(), ROOT);
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-kubernetes-'));
    secrets = join(folder, 'secrets');
    await engine.podman('network', 'create', NETWORK);
  }, 1_200_000);

  afterAll(async () => {
    await engine.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  test('use the secrets that the documented command makes', async () => {
    const [make] = commandsUnder('docs/deploy.md', '## Kubernetes');
    await openShell(folder, engine.env).type(make?.text ?? '');
    // kubectl create secret generic sky-scan --from-file=secrets/api-gateway
    // Not in base64, which podman 4.3 does not decode.
    const files = join(secrets, 'api-gateway');
    const data = readdirSync(files).map((name) => [name, readFileSync(join(files, name), 'utf8')]);
    writeFileSync(join(folder, 'secret.yaml'), stringify({ data: Object.fromEntries(data) as object }));
    await engine.podman('secret', 'create', 'sky-scan', join(folder, 'secret.yaml'));
  });

  test('migrate the database and exit', async () => {
    const { postgres } = foreignImages();
    const database = [
      'POSTGRES_USER=skyscan',
      'POSTGRES_DB=skyscan',
      'POSTGRES_PASSWORD_FILE=/secrets/password',
    ];
    await start('postgres', postgres, [
      '--user',
      '999:999',
      ...database.flatMap((setting) => ['--env', setting]),
    ]);
    const [job] = manifests('migrate.yaml');
    expect(job?.kind).toBe('Job');
    const { metadata, spec } = job?.spec.template ?? {};
    await play({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'migrate' }, spec });
    const code = (await engine.podman('wait', 'migrate-migrate')).trim();
    expect(await engine.podman('logs', 'migrate-migrate')).toContain('the database is migrated');
    expect(code).toBe('0');
  });

  test('start two gateways, of which one serves while the other one is killed', async () => {
    await startMosquitto();
    const deployment = manifests('api-gateway.yaml').find(({ kind }) => kind === 'Deployment');
    // podman 4.3 would publish the port of both on the same port of this machine.
    for (const container of deployment?.spec.template.spec.containers ?? []) delete container.ports;
    await play(deployment ?? {});
    const [one = '', two = ''] = await Promise.all(PODS.map(addressOf));
    await untilReady(one);
    await untilReady(two);
    await until('the broker is used', async () => {
      const health = await Promise.all([one, two].map((address) => request(address, '/health')));
      return health.every((body) => (body as { states: { mqtt: string } }).states.mqtt === 'ok');
    });

    const rotor = (await request(one, '/api/rotors', { name: 'mast' })) as { id: number };
    expect(await request(two, `/api/rotors/${rotor.id}`)).toMatchObject({ name: 'mast' });

    const container = `${PODS[0]}-api-gateway`;
    const pid = async () => Number(await engine.podman('inspect', '--format', '{{.State.Pid}}', container));
    const killed = await pid();
    expect(killed).toBeGreaterThan(1);
    process.kill(killed, 'SIGKILL');
    expect(await request(two, `/api/rotors/${rotor.id}`)).toMatchObject({ name: 'mast' });
    await until('podman restarts the killed gateway', async () => ![0, killed].includes(await pid()));
    await untilReady(await addressOf(PODS[0] ?? ''));
  });

  /** Starts a container with its own secrets. */
  async function start(name: string, image: string, options: string[]): Promise<void> {
    const volume = `${join(secrets, name)}:/secrets:ro`;
    await engine.podman(
      'run',
      '-d',
      '--name',
      name,
      '--network',
      NETWORK,
      '--volume',
      volume,
      ...options,
      image,
    );
  }

  async function startMosquitto(): Promise<void> {
    const access = readFileSync(join(ROOT, 'deploy/mosquitto.acl'), 'utf8');
    const [own, every] = ['services/api-gateway/status', 'services/+/status'].map(
      (topic) => `topic write skyscan/${topic}`,
    ) as [string, string];
    expect(access).toContain(own);
    // docs/deploy.md: each gateway has a status topic of its own.
    writeFileSync(join(folder, 'mosquitto.acl'), access.replace(own, every));
    const config = `${join(ROOT, 'deploy/mosquitto.conf')}:/mosquitto/config/mosquitto.conf:ro`;
    const acl = `${join(folder, 'mosquitto.acl')}:/mosquitto/config/mosquitto.acl:ro`;
    const options = ['--user', '1883:1883', '--volume', config, '--volume', acl];
    await start('mosquitto', foreignImages().mosquitto, options);
  }

  async function play(manifest: object): Promise<void> {
    const file = join(folder, 'manifest.yaml');
    writeFileSync(file, stringify(manifest));
    await engine.podman('play', 'kube', '--network', NETWORK, file);
  }

  async function addressOf(pod: string): Promise<string> {
    const infra = (await engine.podman('pod', 'inspect', '--format', '{{.InfraContainerID}}', pod)).trim();
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return `http://${(await engine.podman('inspect', '--format', format, infra)).trim()}:8080`;
  }

  /** As the readiness probe: the address of the pod is not one of ALLOWED_HOSTS. */
  async function untilReady(address: string): Promise<void> {
    await until(`${address} is ready`, async () => (await fetch(`${address}/ready`)).ok);
  }

  async function request(address: string, path: string, body?: object): Promise<unknown> {
    const key = readFileSync(join(secrets, 'api-gateway/api-keys'), 'utf8').trim();
    const headers = {
      authorization: `Bearer ${key}`,
      host: 'api-gateway',
      'content-type': 'application/json',
    };
    const content = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${address}${path}`, { headers, ...content });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
});

function manifests(name: string): Manifest[] {
  const text = readFileSync(join(ROOT, 'deploy/kubernetes', name), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}
