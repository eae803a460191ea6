import { freePorts, requireFree } from './ports.ts';
import { simulatorPort } from './simulator-port.ts';

/**
 * Where everything of one launch is. A child that is started again finds everybody where they were.
 */
export interface Addresses {
  httpPort: number;
  mqttPort: number;
  postgresPort: number;
  /** gRPC, `host:port`. */
  orchestrator: string;
  rotorDriver: string;
  sdrSampler: string;
  simulator: { rotctldPort: number; rtlTcpPort: number; controlPort: number };
  /** `host:port`, the simulator's or the one that was given. */
  rotctld: string;
  rtlTcp: string;
  mqttUrl: string;
}

export interface AddressOptions {
  /** Default 127.0.0.1; anything else wants API_KEYS. */
  httpHost?: string;
  /** 0: any free port; the same for `mqttPort`. */
  httpPort: number;
  mqttPort: number;
  /** 0: any free port but 4533; undefined: as last time, else 4533, else any. */
  simRotctldPort?: number | undefined;
  /** Each of these that is given takes the place of the embedded part. */
  mqttUrl?: string | undefined;
  /** `host:port` */
  rotctld?: string | undefined;
  rtlTcp?: string | undefined;
  /** Receivers as sdr-sampler's RECEIVERS lists them. */
  receivers?: string | undefined;
}

const HOST = '127.0.0.1';

/**
 * Takes what was asked for and chooses the rest among free ports. Throws `busy` naming the variable
 * of a port in use.
 */
export async function chooseAddresses(options: AddressOptions, dataDir: string): Promise<Addresses> {
  await requireFree('HTTP_PORT', options.httpPort, { variable: 'HTTP_HOST', host: options.httpHost ?? HOST });
  if (!options.mqttUrl) await requireFree('MQTT_PORT', options.mqttPort);
  const rotctldPort = await simulatorPort(dataDir, options.simRotctldPort);
  const ports = await freePorts(8);
  const next = () => ports.pop() ?? 0;
  const mqttPort = options.mqttPort || next();
  const simulator = { rotctldPort, rtlTcpPort: next(), controlPort: next() };
  return {
    httpPort: options.httpPort || next(),
    mqttPort,
    postgresPort: next(),
    orchestrator: `${HOST}:${next()}`,
    rotorDriver: `${HOST}:${next()}`,
    sdrSampler: `${HOST}:${next()}`,
    simulator,
    rotctld: options.rotctld ?? `${HOST}:${simulator.rotctldPort}`,
    rtlTcp: options.rtlTcp ?? `${HOST}:${simulator.rtlTcpPort}`,
    mqttUrl: options.mqttUrl ?? `mqtt://${HOST}:${mqttPort}`,
  };
}
