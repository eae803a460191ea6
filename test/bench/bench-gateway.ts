import mqtt from 'mqtt';
import { FEW_ARENAS, SMALL_HEAP } from '../../services/launcher/programs.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { gatewayAt, type Gateway } from '../support/gateway-harness.ts';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { startMeasuredProcess, type MeasuredProcess } from '../support/measured-process.ts';
import { startBenchPostgres } from './bench-postgres.ts';

/** The environment that the launcher uses. */
const SMALL = { NODE_OPTIONS: SMALL_HEAP.join(' '), ...FEW_ARENAS };

/** Gateways as processes with a PostgreSQL, a broker and a fake orchestrator. */
export interface BenchGateway {
  /** The first one. */
  gateway: Gateway;
  process: MeasuredProcess;
  gateways: Gateway[];
  orchestrator: FakeOrchestrator;
  databaseUrl: string;
  /** Creates something with a POST that must succeed; returns its id. */
  create: (path: string, body: object) => Promise<number>;
  publish: (topic: string, payload: object, retain?: boolean) => Promise<void>;
  stop(): Promise<void>;
}

/** `env` extends the environment of the gateways. */
export async function startBenchGateway(count = 1, env: Record<string, string> = {}): Promise<BenchGateway> {
  const [postgres, broker, orchestrator, driver] = await Promise.all([
    startBenchPostgres(),
    startAedes(),
    startFakeOrchestrator(),
    startFakeRotorDriver(),
  ]);
  const start = () =>
    startMeasuredProcess('api-gateway', {
      ...SMALL,
      HTTP_PORT: '0',
      DATABASE_URL: postgres.url,
      MQTT_URL: broker.url,
      ORCHESTRATOR_ADDRESS: orchestrator.address,
      ROTOR_DRIVER_ADDRESS: driver.address,
      ...env,
    });
  const gatewayProcess = await start();
  const others = await Promise.all(Array.from({ length: count - 1 }, start));
  const gateways = [gatewayProcess, ...others].map((each) =>
    gatewayAt('127.0.0.1', each.port, () => each.stop()),
  );
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  const gateway = gateways[0] as Gateway;
  return {
    gateway,
    gateways,
    process: gatewayProcess,
    orchestrator,
    databaseUrl: postgres.url,
    async create(path, body) {
      const answer = await gateway.post(path, body);
      if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return (answer.body as { id: number }).id;
    },
    async publish(topic, payload, retain = false) {
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain });
    },
    async stop() {
      await client.endAsync(true);
      await Promise.all(gateways.map((each) => each.close()));
      await Promise.all([orchestrator.close(), driver.close(), broker.close()]);
      await postgres.stop();
    },
  };
}
