// `docker compose` for podman: the commands of docs/deploy.md with podman-compose 1.0.3 (Debian 12).
//   node scripts/podman-compose.js up --detach
// podman-compose 1.0.3 lacks profiles, the conditions of `depends_on` and network modes. This script
// writes the services of the profiles into another file without these, waits itself for the service
// that creates the secrets, and starts containers on the network of the host itself. Run it in the
// folder of docker-compose.yml.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';

const FILE = '.podman-compose.yml';
const NO_NETWORK = 'no-network';

main(process.argv.slice(2));

/**
 * The services of some profiles as podman-compose 1.0.3 can run them.
 * @param {any} compose @param {string[]} profiles
 */
function forPodmanCompose({ services, networks, ...others }, profiles) {
  const selected = Object.entries(services)
    .filter(([, service]) => service.profiles.some((/** @type {string} */ name) => profiles.includes(name)))
    .map(([name, service]) => [name, withoutGaps(service)]);
  const all = { ...networks, [NO_NETWORK]: { internal: true } };
  // podman-compose refuses networks that no service uses.
  const used = new Set(selected.flatMap(([, service]) => service.networks ?? []));
  return {
    ...others,
    services: Object.fromEntries(selected),
    networks: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
  };
}

/**
 * podman does not restart a container while one that it `requires` (`depends_on`) has ended, such as
 * the one that creates the secrets. The services wait for each other without it.
 * @param {any} service
 */
function withoutGaps({ profiles: _, depends_on: __, network_mode, ...others }) {
  if (network_mode === undefined) return others;
  return network_mode === 'none' ? { ...others, networks: [NO_NETWORK] } : { ...others, network_mode };
}

/** @param {string[]} args */
function main(args) {
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
  const settings = { ...(existsSync('.env') && parseEnv(readFileSync('.env', 'utf8'))), ...process.env };
  const selected = forPodmanCompose(compose, (settings['COMPOSE_PROFILES'] ?? '').split(','));
  // JSON is also YAML. podman-compose 1.0.3 does not know an empty default.
  const text = JSON.stringify(selected, undefined, 2).replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name, byDefault) => JSON.stringify(settings[name] || byDefault).slice(1, -1),
  );
  // With the settings filled in.
  const filled = JSON.parse(text).services;
  // Nor does it recreate containers when their configuration has changed.
  const hasChanged = existsSync(FILE) && readFileSync(FILE, 'utf8') !== text;
  writeFileSync(FILE, text);
  // Like Docker, podman must mount only the listed folders: its own /run would hide that of PostgreSQL.
  const compositions = ['-p', compose.name, '-f', FILE, '--podman-run-args=--read-only-tmpfs=false'];
  const [verb, ...rest] = args;
  const containerOf = (/** @type {string} */ service) => `${compose.name}_${service}_1`;
  // podman-compose 1.0.3 mixes its own messages into the output of these two commands.
  if (verb === 'exec') {
    const { name, command } = parseCommand(rest);
    return run('podman', ['exec', '--interactive', containerOf(name), ...command]);
  }
  if (verb === 'run') {
    const { name, command, options } = parseCommand(rest);
    return runService(name, { command, options: ['--rm', '--interactive', '--network=none', ...options] });
  }
  if (verb !== 'up') return run('podman-compose', [...compositions, ...args]);

  const named = rest.filter((arg) => !arg.startsWith('-'));
  const services = named.length > 0 ? named : Object.keys(selected.services);
  // podman-compose would recreate the services that these depend on as well.
  if (hasChanged || rest.includes('--force-recreate'))
    run('podman', ['rm', '--force', ...services.map(containerOf)]);
  const flags = rest.filter((arg) => arg.startsWith('-') && arg !== '--force-recreate');
  const up = (/** @type {string[]} */ names) =>
    run('podman-compose', [...compositions, 'up', ...flags, ...names]);
  const once = services.filter((name) => selected.services[name]?.restart === 'no');
  for (const name of once) {
    up([name]);
    const { stdout } = spawnSync('podman', ['wait', containerOf(name)], { encoding: 'utf8' });
    if (stdout.trim() !== '0') throw new Error(`${name} exited with ${stdout.trim()}`);
  }
  const others = services.filter((name) => !once.includes(name));
  const onHost = others.filter((name) => filled[name].network_mode === 'host');
  const inNetworks = others.filter((name) => !onHost.includes(name));
  if (inNetworks.length > 0) up(inNetworks);
  for (const name of onHost) {
    run('podman', ['rm', '--force', containerOf(name)]);
    runService(name, {
      options: [...hostOptions(filled[name]), `--name=${containerOf(name)}`, ...labels(name)],
    });
  }

  /** @param {string} name @param {{ options: string[], command?: string[] }} more */
  function runService(name, { options, command = [] }) {
    const service = filled[name];
    const own = [...securityOptions(service), ...contentOptions(service, compose.name)];
    const words = command.length > 0 ? command : service.command;
    run('podman', ['run', ...own, ...options, service.image, ...words]);
  }

  /** By which podman-compose finds them. @param {string} name */
  function labels(name) {
    return [
      `--label=io.podman.compose.project=${compose.name}`,
      `--label=com.docker.compose.project=${compose.name}`,
      `--label=com.docker.compose.service=${name}`,
    ];
  }
}

/**
 * `[--rm] [-T] [--no-deps] [-e NAME=VALUE] [--entrypoint PROGRAM] SERVICE [ARGUMENT...]`.
 * @param {string[]} args @param {string[]} options
 * @returns {{ name: string, command: string[], options: string[] }}
 */
function parseCommand(args, options = []) {
  const [first = '', ...rest] = args;
  if (first === '--entrypoint' || first === '-e')
    return parseCommand(rest.slice(1), [...options, first, ...rest.slice(0, 1)]);
  return first.startsWith('-') ? parseCommand(rest, options) : { name: first, command: rest, options };
}

/** @param {string} option @param {string[]} values */
function each(option, values) {
  return values.flatMap((value) => [option, value]);
}

/** @param {any} service */
function securityOptions({ user, security_opt, cap_drop }) {
  return [
    ...['--read-only', '--read-only-tmpfs=false', '--user', user],
    ...each('--cap-drop', cap_drop),
    ...each('--security-opt', security_opt),
  ];
}

/** Environment and volumes. @param {any} service @param {string} project */
function contentOptions({ tmpfs, volumes, environment }, project) {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const sources = volumes.map((/** @type {string} */ volume) =>
    /^[./]/.test(volume) ? resolve(volume) : `${project}_${volume}`,
  );
  return [...each('--tmpfs', tmpfs), ...each('--env', variables), ...each('--volume', sources)];
}

/** A service on the network of the host. @param {any} service */
function hostOptions({ restart, init, stop_grace_period, logging, healthcheck }) {
  const { test, interval, timeout, start_period, retries } = healthcheck;
  return [
    ...['--detach', '--network=host', `--restart=${restart}`, ...(init ? ['--init'] : [])],
    `--stop-timeout=${parseInt(stop_grace_period)}`,
    `--log-driver=${logging.driver}`,
    ...each(
      '--log-opt',
      Object.entries(logging.options).map(([name, value]) => `${name}=${value}`),
    ),
    ...(test
      ? [
          `--health-cmd=${JSON.stringify(test.slice(1))}`,
          ...[`--health-interval=${interval}`, `--health-timeout=${timeout}`],
          ...[`--health-start-period=${start_period}`, `--health-retries=${retries}`],
        ]
      : []),
  ];
}

/** Exits when the program fails. @param {string} program @param {string[]} args */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
