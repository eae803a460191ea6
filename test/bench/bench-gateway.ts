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
  publish: (topic: string, payload: object, retain?: boolean) => Promise<void>;
  stop(): Promise<void>;
}

export async function startBenchGateway(count = 1): Promise<BenchGateway> {
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
    });
  const gatewayProcess = await start();
  const others = await Promise.all(Array.from({ length: count - 1 }, start));
  const gateways = [gatewayProcess, ...others].map((each) =>
    gatewayAt('127.0.0.1', each.port, () => each.stop()),
  );
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  return {
    gateway: gateways[0] as Gateway,
    gateways,
    process: gatewayProcess,
    orchestrator,
    databaseUrl: postgres.url,
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
