import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '#shared/base/errors';
import { freePorts } from '../../services/launcher/ports.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { processesOf } from './processes.ts';
import { until } from './until.ts';
import { FAST_SIMULATOR } from './stack.ts';

/** The launcher (`npm start`) as a process. */
export interface LaunchedProcess {
  pid: number;
  httpUrl: string;
  mqttPort: number;
  /** The terminal output so far. */
  output(): string;
  /** Resolves with the exit code or signal. */
  exited: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
  get<T>(path: string): Promise<T>;
  /** PID of a running service. */
  pidOf(service: string): number;
}

const MAIN = fileURLToPath(new URL('../../dist/services/launcher/main.js', import.meta.url));

/**
 * Starts the launcher on free ports with a very fast simulated rotator; does not wait until it is
 * ready.
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
    ...COMPILE_CACHE,
    ...ports,
    ...env,
  };
  const child = spawn(process.execPath, [MAIN], { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  const httpUrl = `http://127.0.0.1:${all.HTTP_PORT}`;
  return {
    pid: child.pid ?? 0,
    httpUrl,
    mqttPort: Number(all.MQTT_PORT),
    output: () => output,
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

/** Resolves when it has printed the address of the API. */
export async function untilStarted(launched: LaunchedProcess): Promise<void> {
  const started = () => launched.output().includes(`${launched.httpUrl}/docs`);
  await untilLaunched(launched, 'the address of the API', started, 120_000);
}

/**
 * Polls like `until`, but fails at once when the launcher exits. Errors have the terminal output.
 */
export async function untilLaunched<T>(
  launched: LaunchedProcess,
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs: number,
): Promise<NonNullable<Exclude<T, false>>> {
  let exit: number | NodeJS.Signals | undefined;
  void launched.exited.then((code) => (exit = code));
  try {
    const answer = await until<T | 'exited'>(what, () => (exit === undefined ? ask() : 'exited'), timeoutMs);
    if (answer !== 'exited') return answer;
    throw new Error(`the launcher exited (${exit}) before: ${what}`);
  } catch (error) {
    throw new Error(`${errorMessage(error)}; its output:\n${launched.output()}`, { cause: error });
  }
}
