import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProcessGroup, type ProcessGroup } from '../../services/launcher/process-group.ts';
import { untilExit } from '../../services/launcher/child-exit.ts';
import { freePort } from '#shared/runtime/free-port';
import { supervise, type Running, type Supervised } from '../../services/launcher/supervisor.ts';
import { findProgram } from '../support/peers.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { RotctldLog } from './rotctld-log.ts';

export type BrokerKind = 'aedes' | 'mosquitto';

export const PROCESSES = [
  'api-gateway',
  'scan-orchestrator',
  'rotor-driver',
  'sdr-sampler',
  'simulator',
  'mqtt-broker',
  'postgres',
] as const;
export type FixtureProcess = (typeof PROCESSES)[number];

export const LINKS = ['rotctld', 'rtl_tcp', 'broker', 'database'] as const;
export type LinkName = (typeof LINKS)[number];

/** All services as processes, with a proxy on every external link. */
export interface FaultFixture {
  stack: TestStack;
  links: Record<LinkName, TcpProxy>;
  /** Commands of all clients that reached rotctld. */
  rotctld: RotctldLog;
  /** The broker, without the proxy. */
  brokerUrl: string;
  /** The database, without the proxy. */
  databaseUrl: string;
  /** kill -9; the supervisor restarts the process. */
  kill(name: FixtureProcess): void;
  freeze(name: FixtureProcess): void;
  thaw(name: FixtureProcess): void;
  /** Resolves when every process runs. */
  allRun(): Promise<void>;
  stop(): Promise<void>;
}

const SERVICES = fileURLToPath(new URL('../../dist/services', import.meta.url));

/** Creates the fixture; every service gets `env`. */
export async function createFaultFixture(
  broker: BrokerKind,
  env: Record<string, string>,
): Promise<FaultFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-faults-'));
  mkdirSync(join(folder, 'logs'));
  const ending = new AbortController();
  const processGroup = createProcessGroup(folder, () => undefined, ending.signal);
  const rotctld = new RotctldLog(Date.now);
  const [rotctldLink, rtlTcpLink, brokerLink, databaseLink] = await Promise.all([
    startTcpProxy({ onRequest: (bytes, connection) => rotctld.take(bytes, connection) }),
    startTcpProxy(),
    startTcpProxy(),
    startTcpProxy(),
  ]);
  const links = { rotctld: rotctldLink, rtl_tcp: rtlTcpLink, broker: brokerLink, database: databaseLink };
  const postgresPort = await freePort();
  const postgres = processGroup.postgres(postgresPort, 'skyscan', {
    role: 'skyscan_services',
    password: 'of-the-services',
  });
  await postgres.run();
  databaseLink.targetPort = postgresPort;
  const brokerPort = await freePort();
  const brokerProcess = await startBroker(broker, brokerPort, folder, processGroup, ending.signal);
  brokerLink.targetPort = brokerPort;
  const stack = await startTestStack({
    dataDir: join(folder, 'stack'),
    databaseUrl: postgres.url.replace(`:${postgresPort}/`, `:${databaseLink.port}/`),
    mqttUrl: `mqtt://${brokerLink.address}`,
    rtlTcp: rtlTcpLink.address,
    env,
  });
  rotctldLink.targetPort = stack.addresses.simulator.rotctldPort;
  rtlTcpLink.targetPort = stack.addresses.simulator.rtlTcpPort;

  function part(name: FixtureProcess): Supervised {
    const found =
      name === 'mqtt-broker'
        ? brokerProcess
        : (stack.processes.get(name) ?? processGroup.processes.get(name));
    if (!found) throw new Error(`${name} is not part of the fixture`);
    return found;
  }

  // Two freezes may overlap: the process continues when both are over.
  const freezes = new Map<FixtureProcess, number>();

  function signal(name: FixtureProcess, what: NodeJS.Signals): void {
    const { pid } = part(name);
    if (pid !== undefined) process.kill(pid, what);
  }

  return {
    stack,
    links,
    rotctld,
    brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
    databaseUrl: postgres.url,
    kill: (name) => signal(name, 'SIGKILL'),
    freeze(name) {
      freezes.set(name, (freezes.get(name) ?? 0) + 1);
      signal(name, 'SIGSTOP');
    },
    thaw(name) {
      const left = (freezes.get(name) ?? 0) - 1;
      freezes.set(name, left);
      if (left === 0) signal(name, 'SIGCONT');
    },
    async allRun() {
      await until('every process runs', () => PROCESSES.every((name) => part(name).pid !== undefined));
    },
    async stop() {
      await stack.stop();
      await brokerProcess.stop(1_000);
      await processGroup.stop();
      ending.abort();
      await Promise.all(Object.values(links).map((link) => link.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startBroker(
  kind: BrokerKind,
  port: number,
  folder: string,
  processGroup: ProcessGroup,
  signal: AbortSignal,
): Promise<Supervised> {
  if (kind === 'aedes') {
    const entry = join(SERVICES, 'launcher', 'broker', 'main.js');
    const env = { PATH: process.env['PATH'], MQTT_PORT: String(port) };
    await processGroup.runService({ name: 'mqtt-broker', entry, env, nodeOptions: [] });
    const supervised = processGroup.processes.get('mqtt-broker');
    if (!supervised) throw new Error('the broker was not started');
    return supervised;
  }
  const program = findProgram('mosquitto');
  if (!program) throw new Error('mosquitto is not installed');
  const configFolder = join(folder, 'mosquitto');
  mkdirSync(configFolder, { recursive: true });
  const config = join(configFolder, 'mosquitto.conf');
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const watcher = { ended: () => undefined, restarted: () => undefined, failed: () => undefined };
  return supervise({ name: 'mqtt-broker', start: () => startMosquitto(program, config) }, watcher, signal);
}

async function startMosquitto(program: string, config: string): Promise<Running> {
  const child = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const exited = untilExit(child);
  child.stderr.on('data', () => undefined);
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('mosquitto does not start');
  return {
    pid: child.pid,
    facts: {},
    exited,
    async stop(graceMs) {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(force);
    },
  };
}
