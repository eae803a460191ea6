import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSecrets } from '../support/shipped-mosquitto.ts';
import { until } from '../support/until.ts';
import { startBrokers, type Brokers } from './brokers.ts';
import { startDatabases, type Databases } from './databases.ts';
import { startGateways, type Gateways } from './gateways.ts';
import { createNetwork } from './network.ts';
import type { Part, Surroundings } from './part.ts';
import { startSite, type ClusterSite } from './site.ts';

/** Two sites, and everything that serves them twice or three times, each on its own machine. */
export interface Cluster {
  brokers: Brokers;
  databases: Databases;
  gateways: Gateways;
  sites: ClusterSite[];
  /** Logs of all parts. */
  logFolder: string;
  /** Resolves when every part works and reaches the others; rejects with what does not. */
  untilHealthy(): Promise<void>;
  /** Leaves no process and no file, except the logs if they are to be kept. */
  close(keepLogs?: boolean): Promise<void>;
}

export const SITES = ['hill', 'valley'] as const;
const HEALTHY_WITHIN_MS = 120_000;

/** Starts the cluster, which takes about half a minute. Takes root. */
export async function createCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-cluster-'));
  chmodSync(folder, 0o755);
  const surroundings: Surroundings = { folder, logFolder: join(folder, 'logs'), parts: [] };
  const { logFolder, parts } = surroundings;
  mkdirSync(logFolder);
  const network = createNetwork();
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  // After an interruption; the network, and with it every process, has been removed before.
  process.on('exit', removeFolder);

  async function close(keepLogs = false): Promise<void> {
    await Promise.all(parts.map((part) => part.stop()));
    network.close();
    process.off('exit', removeFolder);
    if (!keepLogs) removeFolder();
    else
      for (const name of readdirSync(folder))
        if (name !== 'logs') rmSync(join(folder, name), { recursive: true, force: true });
  }

  try {
    const machine = (name: string) => network.addMachine(name);
    const brokerMachines = [1, 2, 3].map((index) => machine(`broker-${index}`));
    const databaseMachines = [1, 2].map((index) => machine(`database-${index}`));
    const gatewayMachines = [machine('gateway-1'), machine('gateway-2')] as const;
    const monitorMachine = machine('monitor');
    const balancerMachine = machine('balancer');
    const siteMachines = SITES.map(machine);
    const secretsFolder = join(folder, 'secrets');
    makeSecrets(secretsFolder, siteMachines.map(({ address }) => address).join());

    const brokers = await startBrokers(brokerMachines, surroundings);
    const startServers = async () => {
      const databases = await startDatabases(monitorMachine, databaseMachines, surroundings);
      const env = {
        secretsFolder,
        MQTT_URL: brokers.url,
        DATABASE_URL: databases.url,
        DATABASE_DIRECT_URL: databases.directUrl,
      };
      const gateways = await startGateways(balancerMachine, gatewayMachines, env, surroundings);
      return { databases, gateways };
    };
    const [{ databases, gateways }, ...sites] = await Promise.all([
      startServers(),
      ...siteMachines.map((each) => startSite(each, secretsFolder, brokers.url, surroundings)),
    ]);
    return {
      brokers,
      databases,
      gateways,
      sites,
      logFolder,
      async untilHealthy() {
        await until('every part is ready', () => notReady(parts).length === 0).catch((error: unknown) => {
          throw new Error(`not ready: ${notReady(parts).join(', ')}`, { cause: error });
        });
        await brokers.untilReady();
        await databases.untilReplicated();
        for (const url of [...gateways.httpUrls, gateways.httpUrl])
          await until(`${url} works`, () => expectToReachAll(url).then(() => true), HEALTHY_WITHIN_MS);
      },
      close,
    };
  } catch (error) {
    await close(true);
    throw new Error(`the cluster does not start; its logs are in ${logFolder}`, { cause: error });
  }
}

function notReady(parts: Part[]): string[] {
  return parts.filter((part) => !part.isReady()).map(({ name }) => name);
}

/**
 * Rejects unless a gateway reaches everything but the site `local`, which has no services here.
 */
async function expectToReachAll(url: string): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const [ready, health] = await Promise.all(
    ['/ready', '/health'].map((path) => fetch(`${url}${path}`, { signal })),
  );
  const text = await health?.text();
  const { states } = JSON.parse(text ?? '') as { states: Record<string, string> };
  const isAway = Object.entries(states).some(
    ([name, state]) => state === 'away' && name !== 'orchestrator' && name !== 'rotor_driver',
  );
  if (isAway || !ready?.ok) throw new Error(`/ready: ${ready?.status}, /health: ${text}`);
}
