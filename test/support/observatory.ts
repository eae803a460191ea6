import { pino } from 'pino';
import { configSchema as samplerSchema } from '../../services/sdr-sampler/config.ts';
import { start as startSamplerService } from '../../services/sdr-sampler/service.ts';
import { configSchema as simulatorSchema } from '../../services/simulator/config.ts';
import { start as startSimulatorService } from '../../services/simulator/service.ts';
import { loadConfig } from '#shared/runtime/env';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { PATIENT, PATIENT_ENV } from './patience.ts';

const logger = pino({ level: 'silent' });

/** The fields of `GET /state` that tests use. */
interface ObservatoryState {
  true_pointing: { azimuth: number; elevation: number };
  readback: { azimuth: number; elevation: number };
  setpoint: { azimuth: number; elevation: number } | null;
  moving: boolean;
  limits_crossed: number;
  commands: { at: string; command: string; accepted: boolean }[];
  dongle: {
    gain_db: number;
    frequency_hz: number;
    dbm_offset_db: number;
    connected: boolean;
    waiting: number;
    dropped_blocks: number;
  };
}

/** A simulated observatory in this process, with its control interface. */
export interface TestObservatory {
  rotctldPort: number;
  rtlTcpPort: number;
  controlPort: number;
  truth(azimuth: number, elevation: number): Promise<number>;
  /** Expected mean of each channel, dBm; `query` as for `GET /truth/spectrum`. */
  truthSpectrum(azimuth: number, elevation: number, query?: Record<string, number>): Promise<number[]>;
  state(): Promise<ObservatoryState>;
  faults(change: object): Promise<void>;
  close(): Promise<void>;
}

/** Uses free ports and a very fast rotator unless `env` overrides them. */
export async function startObservatory(env: Record<string, string> = {}): Promise<TestObservatory> {
  const lifecycle = createLifecycle(logger);
  const config = loadConfig(simulatorSchema, {
    SIM_ROTCTLD_PORT: '0',
    SIM_RTL_TCP_PORT: '0',
    SIM_CONTROL_PORT: '0',
    SIM_AZ_SPEED_DEG_S: '2000',
    SIM_EL_SPEED_DEG_S: '2000',
    SIM_AZ_ACCELERATION_DEG_S2: '100000',
    SIM_EL_ACCELERATION_DEG_S2: '100000',
    ...env,
  });
  const ports = await startSimulatorService(config, logger, lifecycle);
  const control = `http://127.0.0.1:${ports.controlPort}`;
  const get = async (path: string) => (await fetch(`${control}${path}`)).json();
  return {
    ...ports,
    async truth(azimuth, elevation) {
      const { dbm } = (await get(`/truth?azimuth=${azimuth}&elevation=${elevation}`)) as { dbm: number };
      return dbm;
    },
    async truthSpectrum(azimuth, elevation, query) {
      const fields = Object.entries({ azimuth, elevation, ...query });
      const text = fields.map(([name, value]) => `${name}=${value}`).join('&');
      return ((await get(`/truth/spectrum?${text}`)) as { mean_db: number[] }).mean_db;
    },
    state: async () => (await get('/state')) as ObservatoryState,
    async faults(change) {
      const response = await fetch(`${control}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      });
      if (!response.ok) throw new Error(`the simulator refused the faults: ${await response.text()}`);
    },
    close: () => lifecycle.close(),
  };
}

/** sdr-sampler in this process. */
export interface TestSampler {
  port: number;
  client: GrpcClient<typeof SdrSamplerDefinition>;
  close(): Promise<void>;
}

/** Port 1 is closed: without `MQTT_URL` in `env` the service has no broker. */
export async function startSampler(
  rtlTcpPort: number,
  env: Record<string, string> = {},
): Promise<TestSampler> {
  const lifecycle = createLifecycle(logger);
  const config = loadConfig(samplerSchema, {
    SDR_SAMPLER_PORT: '0',
    RTL_TCP: `127.0.0.1:${rtlTcpPort}`,
    MQTT_URL: 'mqtt://127.0.0.1:1',
    ...PATIENT_ENV,
    ...env,
  });
  const { port } = await startSamplerService(config, logger, lifecycle);
  const { client, close } = createGrpcClient(SdrSamplerDefinition, `127.0.0.1:${port}`, PATIENT);
  return {
    port,
    client,
    async close() {
      close();
      await lifecycle.close();
    },
  };
}
