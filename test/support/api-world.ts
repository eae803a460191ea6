import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#shared/runtime/env';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { Mutex } from 'async-mutex';
import { freePort } from '#shared/runtime/free-port';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import { start } from '../../services/scan-orchestrator/service.ts';
import { startAedes } from './gateway-broker.ts';
import { runGateway, type Answer, type Gateway } from './gateway-harness.ts';
import { startInstantHardware } from './instant-hardware.ts';
import { createMigratedDatabase } from './postgres.ts';

/** A complete Sky Scan whose gateway and orchestrator can be restarted at any time. */
export interface ApiWorld {
  /** `http://...` */
  url: string;
  brokerUrl: string;
  databaseUrl: string;
  /** The rotors of one run. */
  addRotors(): Promise<number[]>;
  /**
   * Leases granted so far, in order, with their holders (`session 7`). Empty where this is not
   * observable.
   */
  grants: readonly { rotorId: number; holder: string }[];
  /**
   * `refused`: the connection was refused, so the request had no effect. `lost`: the connection
   * broke, so the effect is unknown.
   */
  call(method: string, path: string, body?: unknown): Promise<Answer | 'refused' | 'lost'>;
  restartGateway(): Promise<void>;
  restartOrchestrator(): Promise<void>;
  close(): Promise<void>;
}

const ROTORS = 3;

/**
 * The real gateway and orchestrator in this process, on a broker and a database, with hardware that
 * responds at once. They shut down as after SIGTERM.
 */
export async function createApiWorld(pauseMs: () => number): Promise<ApiWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sky-scan-api-'));
  const [database, broker, hardware, httpPort, orchestratorPort] = await Promise.all([
    createMigratedDatabase(),
    startAedes(),
    startInstantHardware(pauseMs),
    freePort(),
    freePort(),
  ]);
  const orchestratorEnv = {
    ORCHESTRATOR_PORT: String(orchestratorPort),
    DATA_DIR: dataDir,
    MQTT_URL: broker.url,
    ROTOR_DRIVER_ADDRESS: hardware.driverAddress,
    SDR_SAMPLER_ADDRESS: hardware.samplerAddress,
  };
  const gatewayEnv = {
    HTTP_PORT: String(httpPort),
    DATABASE_URL: database.url,
    MQTT_URL: broker.url,
    ORCHESTRATOR_ADDRESS: `127.0.0.1:${orchestratorPort}`,
    ROTOR_DRIVER_ADDRESS: hardware.driverAddress,
    RATE_LIMIT_PER_MINUTE: '1000000000',
  };

  async function startOrchestrator() {
    const logger = createLogger('scan-orchestrator', process.env['ORCHESTRATOR_LOG'] ?? 'silent');
    const lifecycle = createLifecycle(logger);
    await start(loadConfig(configSchema, orchestratorEnv), logger, lifecycle);
    return lifecycle;
  }

  let orchestrator = await startOrchestrator();
  let gateway: Gateway = await runGateway(gatewayEnv);
  const oneRestart = { gateway: new Mutex(), orchestrator: new Mutex() };

  let rotorNames = 0;
  const call: ApiWorld['call'] = (method, path, body) =>
    gateway.request(path, { method, ...(body !== undefined && { body }) }).catch(connectionOutcome);

  async function addRotor(parks: boolean): Promise<number> {
    const name = `rotor ${++rotorNames}`;
    const rotor = { name, settle_ms: 0, read_ms: 1, min_elevation: 0, park_after_scan: parks };
    const answer = await call('POST', '/api/rotors', rotor);
    if (typeof answer === 'string' || answer.status !== 201)
      throw new Error(`no rotor: ${JSON.stringify(answer)}`);
    return (answer.body as { id: number }).id;
  }

  return {
    url: gateway.url,
    brokerUrl: broker.url,
    databaseUrl: database.url,
    addRotors: () => Promise.all(Array.from({ length: ROTORS }, (_, i) => addRotor(i === 0))),
    grants: hardware.grants,
    call,
    restartGateway: () =>
      oneRestart.gateway.runExclusive(async () => {
        await gateway.close();
        gateway = await runGateway(gatewayEnv);
      }),
    restartOrchestrator: () =>
      oneRestart.orchestrator.runExclusive(async () => {
        await orchestrator.close();
        orchestrator = await startOrchestrator();
      }),
    async close() {
      await gateway.close();
      await orchestrator.close();
      await Promise.all([hardware.close(), broker.close()]);
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Classifies a failed connection. */
export function connectionOutcome(error: unknown): 'refused' | 'lost' {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'lost';
}
