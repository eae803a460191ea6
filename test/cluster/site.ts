import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MotionCommand } from '../faults/rotctld-log.ts';
import { FAST_SIMULATOR } from '../support/stack.ts';
import type { Machine } from './network.ts';
import { startPart, type Part, type Surroundings } from './part.ts';
import { serviceCommand, serviceEnv, type ServiceName } from './services.ts';

/** A simulated observatory and its services on one machine. */
export interface ClusterSite {
  readonly name: string;
  readonly machine: Machine;
  orchestrator: Part;
  driver: Part;
  sampler: Part;
  parts: Part[];
  orchestratorAddress: string;
  driverAddress: string;
  /** Motion commands that reached rotctld, from all clients. */
  commands: MotionCommand[];
}

export const ROTCTLD_PORT = 4533;
const SIMULATED_PORT = 4534;
const PORTS = { orchestrator: 50_051, driver: 50_052, sampler: 50_053 };
const RECORDER = fileURLToPath(new URL('rotctld-recorder.ts', import.meta.url));

/** `secretsFolder`: of deploy/secrets.js, whose certificates name the machine. */
export async function startSite(
  machine: Machine,
  secretsFolder: string,
  mqttUrl: string,
  surroundings: Surroundings,
): Promise<ClusterSite> {
  const { name, address } = machine;
  const commands: MotionCommand[] = [];
  const dataFolder = join(surroundings.folder, name);
  const start = (
    part: string,
    command: readonly string[],
    env: NodeJS.ProcessEnv,
    onMessage?: (message: unknown) => void,
  ) =>
    startPart(
      {
        name: `${name} ${part}`,
        machine,
        command,
        env: { PATH: process.env['PATH'], ...env },
        reportsReady: true,
        ...(onMessage && { onMessage }),
      },
      surroundings,
    );
  const service = (part: ServiceName, env: NodeJS.ProcessEnv) =>
    start(part, serviceCommand(part), {
      ...serviceEnv(part, secretsFolder),
      MQTT_URL: mqttUrl,
      SITE_NAME: name,
      DATA_DIR: dataFolder,
      ...env,
    });

  const simulator = await start('simulator', serviceCommand('simulator'), {
    ...FAST_SIMULATOR,
    SIM_ROTCTLD_PORT: String(SIMULATED_PORT),
  });
  const recorder = await start(
    'rotctld',
    [
      process.execPath,
      ...['--conditions=source', '--import', 'tsx'],
      ...[RECORDER, String(ROTCTLD_PORT), String(SIMULATED_PORT)],
    ],
    {},
    (message) => commands.push(message as MotionCommand),
  );
  const sampler = await service('sdr-sampler', { SDR_SAMPLER_PORT: String(PORTS.sampler) });
  const driver = await service('rotor-driver', {
    ROTOR_DRIVER_HOST: address,
    ROTOR_DRIVER_PORT: String(PORTS.driver),
  });
  const orchestrator = await service('scan-orchestrator', {
    ORCHESTRATOR_HOST: address,
    ORCHESTRATOR_PORT: String(PORTS.orchestrator),
    ROTOR_DRIVER_ADDRESS: `${address}:${PORTS.driver}`,
    SDR_SAMPLER_ADDRESS: `127.0.0.1:${PORTS.sampler}`,
  });
  return {
    name,
    machine,
    orchestrator,
    driver,
    sampler,
    parts: [simulator, recorder, sampler, driver, orchestrator],
    orchestratorAddress: `${address}:${PORTS.orchestrator}`,
    driverAddress: `${address}:${PORTS.driver}`,
    commands,
  };
}
