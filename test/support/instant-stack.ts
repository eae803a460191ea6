import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanOrchestratorDefinition } from '#proto/scan_orchestrator';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { gatewayAt, type Gateway } from './gateway-harness.ts';
import { startInstantHardware } from './instant-hardware.ts';
import { startMeasuredProcess, type MeasuredProcess } from './measured-process.ts';

/** Gateway and orchestrator as processes, with hardware that responds at once. */
export interface InstantStack {
  gateway: Gateway;
  gatewayProcess: MeasuredProcess;
  orchestrator: MeasuredProcess;
  /** Journal folder of the orchestrator. */
  journalFolder: string;
  rotorId: number;
  /** Number of sessions of the orchestrator. */
  orchestratorSessions(): Promise<number>;
  close(): Promise<void>;
}

export async function startInstantStack(databaseUrl: string, mqttUrl: string): Promise<InstantStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sky-scan-instant-'));
  const hardware = await startInstantHardware(() => 0);
  const orchestrator = await startMeasuredProcess('scan-orchestrator', {
    ORCHESTRATOR_PORT: '0',
    DATA_DIR: dataDir,
    MQTT_URL: mqttUrl,
    ROTOR_DRIVER_ADDRESS: hardware.driverAddress,
    SDR_SAMPLER_ADDRESS: hardware.samplerAddress,
  });
  const gatewayProcess = await startMeasuredProcess('api-gateway', {
    HTTP_PORT: '0',
    DATABASE_URL: databaseUrl,
    MQTT_URL: mqttUrl,
    ORCHESTRATOR_ADDRESS: `127.0.0.1:${orchestrator.port}`,
    ROTOR_DRIVER_ADDRESS: hardware.driverAddress,
    RATE_LIMIT_PER_MINUTE: '1000000000',
  });
  const gateway = gatewayAt('127.0.0.1', gatewayProcess.port, () => gatewayProcess.stop());
  const { client, close } = createGrpcClient(
    ScanOrchestratorDefinition,
    `127.0.0.1:${orchestrator.port}`,
    {},
  );
  const rotor = { name: 'instant', settle_ms: 0, read_ms: 1, min_elevation: 0 };
  const added = await gateway.post('/api/rotors', rotor);
  return {
    gateway,
    gatewayProcess,
    orchestrator,
    journalFolder: join(dataDir, 'scan-orchestrator', 'journal'),
    rotorId: (added.body as { id: number }).id,
    orchestratorSessions: async () => (await client.listSessions({})).sessions.length,
    async close() {
      close();
      await gateway.close();
      await orchestrator.stop();
      await hardware.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts a scan with `points` points; returns its id. */
export async function startInstantScan({ gateway, rotorId }: InstantStack, points: number): Promise<number> {
  // Columns every 0.1 degrees, rows of up to 1,000 cells.
  const columns = Math.min(points, 1_000);
  const rows = points / columns;
  if (!Number.isInteger(rows)) throw new Error(`${points} points are not whole rows of ${columns}`);
  const answer = await gateway.post('/api/skyscan/start', {
    rotor_id: rotorId,
    az_start: 0,
    az_end: (columns - 1) / 10,
    el_start: 10,
    el_end: 10 + (rows - 1) / 10,
    step_deg: 0.1,
    rssi_iterations: 1,
  });
  if (answer.status !== 201) throw new Error(`start: ${answer.status} ${answer.text}`);
  return (answer.body as { id: number }).id;
}
