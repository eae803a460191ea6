import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptsClients, natsConfig } from '../support/nats-cluster.ts';
import { findProgram } from '../support/peers.ts';
import { until } from '../support/until.ts';
import type { Machine } from './network.ts';
import { startPart, type Part, type Surroundings } from './part.ts';

/** Three NATS nodes, each on its own machine. */
export interface Brokers {
  nodes: Part[];
  /** All nodes, for `MQTT_URL`. */
  url: string;
  /** The address of each. */
  urls: string[];
  /** Resolves when every node accepts clients. */
  untilReady(): Promise<void>;
}

const PORT = { client: 4222, cluster: 6222, mqtt: 1883 };

export async function startBrokers(
  machines: readonly Machine[],
  surroundings: Surroundings,
): Promise<Brokers> {
  const program = findProgram('nats-server') ?? '';
  const routes = machines.map(({ address }) => `${address}:${PORT.cluster}`);
  const nodes = await Promise.all(
    machines.map((machine) => {
      const { name, address: host } = machine;
      const own = join(surroundings.folder, name);
      mkdirSync(own);
      const file = join(own, 'nats.conf');
      writeFileSync(file, natsConfig({ name, host, port: PORT, folder: join(own, 'data'), routes }));
      const command = [program, '-c', file];
      return startPart({ name, machine, command, env: {} }, surroundings);
    }),
  );
  const urls = machines.map(({ address }) => `mqtt://${address}:${PORT.mqtt}`);
  return {
    nodes,
    url: urls.join(),
    urls,
    async untilReady() {
      await Promise.all(urls.map((url) => until(`the broker at ${url} is ready`, () => acceptsClients(url))));
    },
  };
}
