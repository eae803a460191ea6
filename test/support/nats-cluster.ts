import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { freePort } from '#shared/runtime/free-port';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

/**
 * Three nodes of Debian's NATS with MQTT, each with a copy of the retained messages and sessions.
 */
export interface NatsCluster {
  /** All nodes, for `MQTT_URL`. */
  url: string;
  /** The node that a client reaches at this port. */
  nodeAt(port: number): number;
  /** kill -9 of a node. */
  kill(node: number): Promise<void>;
  /** Starts it again; resolves when it accepts clients. */
  restart(node: number): Promise<void>;
  close(): Promise<void>;
}

const NODES = [0, 1, 2];

export async function startNatsCluster(): Promise<NatsCluster> {
  const program = findProgram('nats-server');
  if (!program) throw new Error('nats-server is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-nats-'));
  const ports = await Promise.all(
    NODES.map(async () => ({ client: await freePort(), cluster: await freePort(), mqtt: await freePort() })),
  );
  const routes = ports.map(({ cluster }) => `127.0.0.1:${cluster}`);
  const processes: ChildProcess[] = [];
  const urlOf = (node: number) => `mqtt://127.0.0.1:${ports[node]?.mqtt}`;

  function spawnNode(node: number): void {
    const child = spawn(program as string, ['-c', join(folder, `${node}.conf`)], { stdio: 'ignore' });
    processes[node] = child;
  }

  const isReady = (node: number) =>
    until(`NATS node ${node} accepts clients`, () => acceptsClients(urlOf(node)));

  async function kill(node: number): Promise<void> {
    const child = processes[node];
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  for (const [node, port] of ports.entries())
    writeFileSync(
      join(folder, `${node}.conf`),
      natsConfig({
        name: `node-${node}`,
        host: '127.0.0.1',
        port,
        folder: join(folder, String(node)),
        routes,
      }),
    );
  for (const node of NODES) spawnNode(node);
  await Promise.all(NODES.map(isReady));
  return {
    url: NODES.map(urlOf).join(),
    nodeAt: (port) => ports.findIndex((each) => each.mqtt === port),
    kill,
    async restart(node) {
      spawnNode(node);
      await isReady(node);
    },
    async close() {
      await Promise.all(NODES.map(kill));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The configuration of one of three nodes; `routes`: `host:port` of all. */
export function natsConfig(node: {
  name: string;
  host: string;
  port: { client: number; cluster: number; mqtt: number };
  folder: string;
  routes: string[];
}): string {
  const { name, host, port, folder } = node;
  const routes = node.routes.map((address) => `nats-route://${address}`).join(', ');
  return `server_name: ${name}
listen: ${host}:${port.client}
jetstream { store_dir: "${folder}" }
mqtt { listen: "${host}:${port.mqtt}", stream_replicas: 3 }
cluster { name: sky, listen: "${host}:${port.cluster}", routes: [${routes}] }
`;
}

/** Whether an MQTT client can connect; rejects if not. */
export async function acceptsClients(url: string): Promise<true> {
  const options = { protocolVersion: 4, reconnectPeriod: 0, connectTimeout: 2_000 } as const;
  await (await mqtt.connectAsync(url, options, false)).endAsync(true);
  return true;
}
