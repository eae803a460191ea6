import { chooseAddresses, type AddressOptions, type Addresses } from './addresses.ts';
import { createProcessGroup } from './process-group.ts';
import { prepareDataFolder } from './data-folder.ts';
import { lockFolder } from './lock.ts';
import type { LogNotice } from './log-summary.ts';
import { reachableHosts } from './own-addresses.ts';
import { accessTo, describePrograms, requireBuild, type ServiceName } from './programs.ts';
import { prepareSecrets } from './secrets.ts';
import type { Supervised } from './supervisor.ts';

export interface StackOptions extends AddressOptions {
  /** Created if missing; one launcher at a time. */
  dataDir: string;
  /** Folder of the compiled services: `dist/services`. */
  servicesFolder: string;
  /** If given, PostgreSQL is not started. */
  databaseUrl?: string | undefined;
  /** Environment that the services inherit, in addition to the variables that the stack sets. */
  env: NodeJS.ProcessEnv;
  /** A warning or an error of a process, for the user. */
  onNotice?: (name: string, notice: LogNotice) => void;
  /** Aborts a start in progress. */
  signal?: AbortSignal;
}

export type ProcessName = ServiceName | 'postgres';

/** A running Sky Scan with all its processes. */
export interface Stack {
  /** `http://HOST:PORT`, for this machine. */
  httpUrl: string;
  /** All addresses of the API; more than one when it is bound to every interface. */
  httpUrls: string[];
  /** Variables that let another process connect: GRPC_TOKEN_FILE, MQTT_USERNAME, ... */
  access: Record<string, string>;
  addresses: Addresses;
  databaseUrl: string;
  /** The started processes by `ProcessName`; external parts are not included. */
  processes: ReadonlyMap<string, Supervised>;
  /** Stops everything in order in under 5 s and releases the folder. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, the MQTT broker, the simulator and the services as separate processes,
 * which are restarted when they exit; resolves when all are ready. Throws an error that says what
 * to change; no process is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = prepareDataFolder(options.dataDir);
  const lock = await lockFolder(dataDir);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const processGroup = createProcessGroup(dataDir, options.onNotice ?? (() => undefined), signal);
  const stop = async () => {
    await processGroup.stop();
    await lock.release();
  };
  const starts: Promise<void>[] = [];
  try {
    const addresses = await chooseAddresses(options, dataDir);
    const secrets = prepareSecrets(dataDir);
    const owner = { role: 'skyscan_services', password: secrets.databasePassword };
    const postgres = options.databaseUrl
      ? undefined
      : processGroup.postgres(addresses.postgresPort, 'skyscan', owner);
    const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
    const programs = describePrograms({ ...options, dataDir, databaseUrl, secrets }, addresses);
    requireBuild(Object.values(programs));

    const { 'mqtt-broker': broker, simulator, ...services } = programs;
    if (postgres) starts.push(postgres.run());
    starts.push(...Object.values(services).map(processGroup.runService));
    if (!options.mqttUrl) starts.push(processGroup.runService(broker));
    if (!options.rotctld || !(options.rtlTcp || options.receivers))
      starts.push(processGroup.runService(simulator));
    await Promise.all(starts);
    processGroup.started();
    const httpUrls = reachableHosts(options.httpHost).map((host) => `http://${host}:${addresses.httpPort}`);
    return {
      httpUrl: httpUrls[0] ?? '',
      httpUrls,
      access: accessTo(programs['scan-orchestrator'].env),
      addresses,
      databaseUrl,
      processes: processGroup.processes,
      stop,
    };
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(starts);
    await stop();
    throw error;
  }
}
