// Checks Dockerfile and docker-compose.yml without a Docker engine: their format and the claims of
// docs/deploy.md. Prints every problem; the exit code is 1 if there is one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const root = join(fileURLToPath(new URL('.', import.meta.url)), '..');
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
/** @type {string[]} */
const problems = [];
const expect = (/** @type {unknown} */ holds, /** @type {string} */ otherwise) => {
  if (!holds) problems.push(otherwise);
};

// The services that each profile starts.
const PROFILES = {
  simulated: [
    'secrets',
    'postgres',
    'mosquitto',
    'api-gateway',
    'sky-analyst',
    'scan-orchestrator',
    'rotor-driver',
    'sdr-sampler',
    'simulator',
  ],
  server: ['secrets', 'postgres', 'mosquitto', 'api-gateway', 'sky-analyst'],
  pi: ['pi-rotor-driver', 'pi-sdr-sampler', 'pi-scan-orchestrator'],
  'dial-in': ['pi-site-link'],
};
// Listens nowhere, so nothing can be asked whether it works.
const WITHOUT_HEALTH_CHECK = 'pi-site-link';
// Published on loopback by default.
const PUBLISHED = /^\$\{[A-Z_]+:-127\.0\.0\.1\}:\$\{[A-Z_]+:-\d+\}:\d+$/;

checkDockerfile(read('Dockerfile'));
checkCompose(parse(read('docker-compose.yml'), { merge: true }));
expect(/^COMPOSE_PROFILES=simulated$/m.test(read('.env')), '.env: the default profile must be simulated');

for (const problem of problems) console.error(`containers: ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);

/** @param {string} text */
function checkDockerfile(text) {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const lts = /LTS_VERSION = '([\d.]+)'/.exec(read('scripts/lts-node.js'))?.[1];
  const included = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
  const all = (/** @type {string} */ word) => lines.filter((line) => line.startsWith(`${word} `));
  for (const line of all('FROM')) {
    const image = line.split(/\s+/).find((part) => part.includes(':') && !part.startsWith('--'));
    expect(image && isPinned(image), `Dockerfile: not pinned: ${line}`);
    expect(image?.startsWith(`node:${lts}-`), `Dockerfile: not Node ${lts}, on which CI runs: ${line}`);
  }
  expect(all('USER').at(-1) === 'USER node', 'Dockerfile: the image must not run as root');
  expect(all('HEALTHCHECK').length === 1, 'Dockerfile: no HEALTHCHECK');
  expect(
    lines.some((line) => line.includes('npm ci --omit=dev')),
    'Dockerfile: the image must contain only production dependencies',
  );
  expect(
    !lines.some((line) => line.startsWith('RUN npm ') && line.includes('--omit=optional')),
    'Dockerfile: the binary of @napi-rs/canvas is an optional package that draws the maps',
  );
  for (const line of [...all('CMD'), ...all('HEALTHCHECK')])
    checkCommand('Dockerfile', JSON.parse(line.slice(line.indexOf('['))));
  for (const line of all('COPY').filter((copy) => !copy.includes('--from')))
    for (const source of line.split(/\s+/).slice(1, -1)) {
      expect(existsSync(join(root, source)), `Dockerfile: ${source} does not exist`);
      expect(
        included.some((path) => `${source}/`.startsWith(`${path}/`)),
        `Dockerfile: .dockerignore excludes ${source}`,
      );
    }
}

/** @param {any} compose */
function checkCompose(compose) {
  const schema = JSON.parse(read('scripts/compose.schema.json'));
  const validate = new Ajv({ allErrors: true, strictTuples: false, strictTypes: false }).compile(schema);
  if (!validate(compose)) {
    for (const { instancePath, message } of validate.errors ?? [])
      expect(false, `docker-compose.yml${instancePath}: ${message}`);
    return;
  }
  for (const [profile, names] of Object.entries(PROFILES)) {
    const started = Object.keys(compose.services).filter((name) =>
      compose.services[name].profiles.includes(profile),
    );
    const difference = [...names, ...started].filter(
      (name) => !names.includes(name) || !started.includes(name),
    );
    expect(difference.length === 0, `profile ${profile}: unexpected or missing: ${difference.join(', ')}`);
  }
  const volumes = new Set();
  const brokerUsers = [...read('deploy/mosquitto.acl').matchAll(/^user (\S+)$/gm)].map(([, user]) => user);
  for (const [name, service] of Object.entries(compose.services)) {
    for (const profile of service.profiles)
      expect(profile in PROFILES, `${name}: unknown profile ${profile}`);
    for (const needed of Object.keys(service.depends_on ?? {}))
      for (const profile of service.profiles)
        expect(
          compose.services[needed]?.profiles.includes(profile),
          `${name}: ${needed} is not part of profile ${profile}`,
        );
    for (const network of service.networks ?? [])
      expect(network in compose.networks, `${name}: no network ${network}`);
    for (const port of service.ports ?? [])
      expect(PUBLISHED.test(port), `${name}: ${port} is not bound to loopback by default`);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(/:(?!-)/)[0];
      if (/^[a-z-]+$/.test(source)) volumes.add(source);
      else if (!source.startsWith('${'))
        expect(existsSync(join(root, source)), `${name}: ${source} does not exist`);
    }
    checkSecrets(name, service, brokerUsers);
    expect(!/^(0|root)(:|$)/.test(service.user), `${name}: runs as root`);
    expect(isPinned(service.image), `${name}: image is not pinned: ${service.image}`);
    expect(
      Boolean(service.networks) !== Boolean(service.network_mode),
      `${name}: needs networks or a network_mode`,
    );
    const once = service.restart === 'no';
    const isChecked = Boolean(service.healthcheck?.test);
    expect(once || isChecked || name === WITHOUT_HEALTH_CHECK, `${name}: no health check`);
    if (service.build) {
      checkCommand(name, service.command ?? []);
      if (!once && isChecked)
        checkCommand(`${name} health check`, (service.healthcheck?.test ?? []).slice(1));
    }
  }
  for (const volume of volumes) expect(volume in compose.volumes, `volume ${volume} is not declared`);
  for (const volume of Object.keys(compose.volumes))
    expect(volumes.has(volume), `volume ${volume} is not used`);
}

/**
 * A service can read only its own secrets and logs in to the broker under its own name.
 * @param {string} name @param {any} service @param {(string | undefined)[]} brokerUsers
 */
function checkSecrets(name, service, brokerUsers) {
  if (name === 'secrets') return;
  const own = name.replace(/^pi-/, '');
  const allowed = [
    own === 'mosquitto' ? 'secrets-mqtt' : `secrets-${own}`,
    `\${PI_SECRETS:-./data/secrets}/${own}`,
  ];
  for (const volume of service.volumes ?? []) {
    const [source] = volume.split(/:(?=\/)/);
    if (/secrets/i.test(source))
      expect(
        allowed.includes(source) && volume.endsWith(':/secrets:ro'),
        `${name}: ${source} holds secrets of other services, or is writable`,
      );
  }
  const user = service.environment?.MQTT_USERNAME;
  if (user !== undefined)
    expect(
      user === own && brokerUsers.includes(user),
      `${name}: ${user} is not the broker user of this service`,
    );
}

/**
 * A command of our image is Node with an entry point that exists.
 * @param {string} where
 * @param {string[]} command
 */
function checkCommand(where, [program, entry = '']) {
  expect(program === 'node', `${where}: the command must start with node`);
  const source = entry.startsWith('dist/') ? entry.replace(/^dist\//, '').replace(/\.js$/, '.ts') : entry;
  expect(existsSync(join(root, source)), `${where}: ${entry} does not exist`);
}

/** A version of three numbers, or a digest. @param {string} image */
function isPinned(image) {
  return /@sha256:|:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(image) && !/:\d+$/.test(image);
}
