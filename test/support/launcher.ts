import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../services/launcher/ports.ts';
import { processesOf } from './processes.ts';
import { until } from './until.ts';
import { FAST_SIMULATOR } from './stack.ts';

/** What `npm start` runs, as a process of its own. */
export interface LaunchedProcess {
  pid: number;
  httpUrl: string;
  /** Everything that it has said on the terminal. */
  said(): string;
  /** Resolves with code or signal when it has ended. */
  exited: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
  get<T>(path: string): Promise<T>;
  /** Number of the running process of a service. */
  pidOf(service: string): number;
}

const MAIN = fileURLToPath(new URL('../../dist/services/launcher/main.js', import.meta.url));

/**
 * Starts the launcher on free ports and a very fast simulated rotator; does not wait for anything.
 */
export async function spawnLauncher(
  dataDir: string,
  env: Record<string, string> = {},
): Promise<LaunchedProcess> {
  const [http = 0, mqtt = 0] = await freePorts(2);
  const ports = { HTTP_PORT: String(http), MQTT_PORT: String(mqtt), SIM_ROTCTLD_PORT: '0' };
  const all = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: dataDir,
    ...FAST_SIMULATOR,
    ...ports,
    ...env,
  };
  const child = spawn(process.execPath, [MAIN], { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  const httpUrl = `http://127.0.0.1:${all.HTTP_PORT}`;
  return {
    pid: child.pid ?? 0,
    httpUrl,
    said: () => said,
    exited,
    kill: (signal) => void child.kill(signal),
    get: async <T>(path: string) => (await (await fetch(`${httpUrl}${path}`)).json()) as T,
    pidOf(service) {
      const found = processesOf(dataDir).find(({ command }) => command.includes(`/${service}/main.js`));
      if (!found) throw new Error(`${service} is not running`);
      return found.pid;
    },
  };
}

/** Resolves when it has printed where the API is. */
export async function untilStarted(launched: LaunchedProcess): Promise<void> {
  await until('the address of the API', () => launched.said().includes(`${launched.httpUrl}/docs`), 60_000);
}
