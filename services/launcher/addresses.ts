import { freePorts, requireFree } from './ports.ts';
import { simulatorPort } from './simulator-port.ts';

/** Addresses and ports of one launch. A restarted child finds the others at the same addresses. */
export interface Addresses {
  httpPort: number;
  mqttPort: number;
  postgresPort: number;
  /** gRPC, `host:port`. */
  orchestrator: string;
  rotorDriver: string;
  sdrSampler: string;
  skyAnalyst: string;
  simulator: { rotctldPort: number; rtlTcpPort: number; controlPort: number };
  /** `host:port` of the simulator, or the configured address. */
  rotctld: string;
  rtlTcp: string;
  mqttUrl: string;
}

export interface AddressOptions {
  /** Default 127.0.0.1; any other host requires API_KEYS. */
  httpHost?: string;
  /** 0: any free port; the same for `mqttPort`. */
  httpPort: number;
  mqttPort: number;
  /** 0: any free port except 4533. Undefined: the port of the last launch, else 4533, else any. */
  simRotctldPort?: number | undefined;
  /** Each of these, if given, replaces the embedded part. */
  mqttUrl?: string | undefined;
  /** `host:port` */
  rotctld?: string | undefined;
  rtlTcp?: string | undefined;
  /** Receivers in the format of sdr-sampler's RECEIVERS. */
  receivers?: string | undefined;
}

const HOST = '127.0.0.1';

/**
 * Uses the configured ports and chooses the others among free ports. Throws `busy` with the name of
 * the variable if a port is in use.
 */
export async function chooseAddresses(options: AddressOptions, dataDir: string): Promise<Addresses> {
  await requireFree('HTTP_PORT', options.httpPort, { variable: 'HTTP_HOST', host: options.httpHost ?? HOST });
  if (!options.mqttUrl) await requireFree('MQTT_PORT', options.mqttPort);
  const rotctldPort = await simulatorPort(dataDir, options.simRotctldPort);
  const ports = await freePorts(9, [rotctldPort]);
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
    skyAnalyst: `${HOST}:${next()}`,
    simulator,
    rotctld: options.rotctld ?? `${HOST}:${simulator.rotctldPort}`,
    rtlTcp: options.rtlTcp ?? `${HOST}:${simulator.rtlTcpPort}`,
    mqttUrl: options.mqttUrl ?? `mqtt://${HOST}:${mqttPort}`,
  };
}
