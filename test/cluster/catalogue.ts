import { SITES, type Cluster } from './cluster.ts';
import type { ClusterFault } from './cluster-fault.ts';
import type { DatabaseNode } from './databases.ts';
import type { Machine } from './network.ts';
import type { Part } from './part.ts';
import type { ClusterSite } from './site.ts';

type Find<T> = (cluster: Cluster) => T | Promise<T>;

const MOMENTARY = { min: 0, max: 0 };
const LASTING = { min: 3_000, max: 20_000 };

function kill(name: string, targets: readonly string[], find: Find<Part[]>): ClusterFault {
  return {
    name: `kill ${name}`,
    targets,
    lastsMs: MOMENTARY,
    async inject(cluster) {
      for (const part of await find(cluster)) part.kill();
      return () => undefined;
    },
  };
}

function freeze(name: string, targets: readonly string[], find: Find<Part[]>): ClusterFault {
  return {
    name: `freeze ${name}`,
    targets,
    lastsMs: LASTING,
    async inject(cluster) {
      const parts = await find(cluster);
      for (const part of parts) part.freeze();
      return () => {
        for (const part of parts) part.thaw();
      };
    },
  };
}

function disconnect(name: string, targets: readonly string[], find: Find<Machine>): ClusterFault {
  return {
    name: `disconnect ${name}`,
    targets,
    lastsMs: LASTING,
    async inject(cluster) {
      const machine = await find(cluster);
      machine.disconnect();
      return () => machine.reconnect();
    },
  };
}

/** All three faults of a part and its machine. */
function all(name: string, find: Find<Part>): ClusterFault[] {
  const parts: Find<Part[]> = async (cluster) => [await find(cluster)];
  return [
    kill(name, [name], parts),
    freeze(name, [name], parts),
    disconnect(name, [name], async (cluster) => (await find(cluster)).machine),
  ];
}

/** Of several parts at once. */
function killAndFreeze(name: string, targets: readonly string[], find: Find<Part[]>): ClusterFault[] {
  return [kill(name, targets, find), freeze(name, targets, find)];
}

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
const BROKERS = numbered('broker', 3);
const GATEWAYS = numbered('gateway', 2);
const DATABASES = ['database primary', 'database secondary'];

const partAt = (parts: readonly Part[], index: number) => parts[index] as Part;
const primary: Find<DatabaseNode> = ({ databases }) => databases.primary();
const secondary: Find<DatabaseNode> = async ({ databases }) => {
  const other = await databases.primary();
  return databases.nodes.find((node) => node !== other) as DatabaseNode;
};

function faultsAt(site: string, index: number): ClusterFault[] {
  const at = ({ sites }: Cluster) => sites[index] as ClusterSite;
  const orchestrator = `${site} scan-orchestrator`;
  return [
    kill(orchestrator, [orchestrator], (cluster) => [at(cluster).orchestrator]),
    {
      ...freeze(orchestrator, [orchestrator], (cluster) => [at(cluster).orchestrator]),
      frozenCommanderAt: site,
    },
    ...killAndFreeze(`${site} rotor-driver`, [`${site} rotor-driver`], (cluster) => [at(cluster).driver]),
    ...killAndFreeze(`${site} sdr-sampler`, [`${site} sdr-sampler`], (cluster) => [at(cluster).sampler]),
    disconnect(site, [site], (cluster) => at(cluster).machine),
  ];
}

/** All faults that a round may have. */
export const CATALOGUE: readonly ClusterFault[] = [
  ...BROKERS.flatMap((name, index) => all(name, ({ brokers }) => partAt(brokers.nodes, index))),
  ...killAndFreeze('all brokers', BROKERS, ({ brokers }) => brokers.nodes),
  ...all('database primary', async (cluster) => (await primary(cluster)).server),
  ...all('database secondary', async (cluster) => (await secondary(cluster)).server),
  kill('both databases', DATABASES, ({ databases }) => databases.nodes.map(({ server }) => server)),
  ...all('monitor', ({ databases }) => databases.monitor),
  ...killAndFreeze('pgbouncer', ['pgbouncer'], async (cluster) => [(await primary(cluster)).pooler]),
  ...GATEWAYS.flatMap((name, index) => all(name, ({ gateways }) => partAt(gateways.nodes, index))),
  ...killAndFreeze('both gateways', GATEWAYS, ({ gateways }) => gateways.nodes),
  ...all('balancer', ({ gateways }) => gateways.balancer),
  ...SITES.flatMap(faultsAt),
];
