import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, type ProcessName, type Stack } from '../../services/launcher/stack.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { copyPostgresFiles } from './postgres.ts';
import { until } from './until.ts';

export interface TestStackOptions {
  /** Environment of the simulator (`SIM_*`), extends `FAST_SIMULATOR`. */
  simulator?: Record<string, string>;
  /** Environment of every service, e.g. `{ FAULT_BUDGET_S: '2' }`. */
  env?: Record<string, string>;
  /**
   * `host:port` of the test's own rotctld (a real one or a proxy). The simulated dongle follows its
   * position.
   */
  rotctld?: string;
  /** `host:port` of the test's own rtl_tcp. With `rotctld` set too, no simulator runs. */
  rtlTcp?: string;
  /** The test's own servers instead of the embedded ones. */
  databaseUrl?: string;
  mqttUrl?: string;
  /**
   * Kept after `stop`, for a second start on the same data; default: a temporary folder that `stop`
   * removes.
   */
  dataDir?: string;
}

export interface Answer<T> {
  status: number;
  body: T;
}

export interface TestStack extends Stack {
  dataDir: string;
  /** Warnings and errors for the terminal: `rotor-driver: ...`. */
  remarks: readonly string[];
  /** Sends a request to the gateway; `path` such as `/api/rotors`. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /**
   * Sends a request to the simulator's control port: `GET /state`, `GET /truth`, `POST /faults`.
   */
  simulator<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** kill -9; resolves when the supervisor has restarted the process. */
  kill(name: ProcessName): Promise<void>;
  /** kill -9 without a restart until `up`; resolves when the process has exited. */
  down(name: ProcessName): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  up(name: ProcessName): Promise<void>;
  /** SIGSTOP and SIGCONT: frozen, sockets stay open. */
  freeze(name: ProcessName): void;
  thaw(name: ProcessName): void;
  /** The log of a process so far, as JSON lines. */
  log(name: ProcessName): string;
}

/** A very fast rotator; `fastRotor` configures the same speeds. */
export const FAST_SIMULATOR = {
  SIM_AZ_SPEED_DEG_S: '360',
  SIM_EL_SPEED_DEG_S: '240',
  SIM_AZ_ACCELERATION_DEG_S2: '3600',
  SIM_EL_ACCELERATION_DEG_S2: '2400',
};

/**
 * Blocks of 16 ms instead of 4: simulator and sdr-sampler, which stream without a pause, take two
 * thirds of the processor time. For tests in which the time of a read does not matter.
 */
export const LARGE_BLOCKS = { SIM_BLOCK_BYTES: '65536' };

const SERVICES = fileURLToPath(new URL('../../dist/services', import.meta.url));

/**
 * Starts all services as processes from `dist` (`npm test` builds it; manually: `node
 * scripts/setup.js build`) on free ports with their own PostgreSQL, broker and simulator, in about
 * 2 s. Registers no rotor and starts no scan. The caller must call `stop` in `afterAll` or
 * `onTestFinished`; it leaves no process and no file.
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sky-scan-stack-'));
  const remarks: string[] = [];
  const removeFolder = () => {
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
  };
  if (!options.databaseUrl) await copyPostgresFiles(join(dataDir, 'postgres'));
  const stack = await startStack({
    dataDir,
    servicesFolder: SERVICES,
    httpPort: 0,
    mqttPort: 0,
    simRotctldPort: 0,
    databaseUrl: options.databaseUrl,
    mqttUrl: options.mqttUrl,
    rotctld: options.rotctld,
    rtlTcp: options.rtlTcp,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...FAST_SIMULATOR,
      ...COMPILE_CACHE,
      // Most tests need no searches.
      SEARCH_SESSIONS: 'on_request',
      ...options.simulator,
      ...options.env,
    },
    onNotice: (name, { text }) => remarks.push(`${name}: ${text}`),
  }).catch((error: unknown) => {
    removeFolder();
    throw error;
  });

  const rotors = `${stack.httpUrl}/api/rotors`;
  await until(
    'the database is prepared',
    async () => (await request(rotors, 'GET', undefined)).status !== 503,
  );

  function part(name: ProcessName) {
    const found = stack.processes.get(name);
    if (!found) throw new Error(`${name} is not part of this stack`);
    return found;
  }

  function signal(name: ProcessName, what: NodeJS.Signals): number {
    const { pid } = part(name);
    if (pid === undefined) throw new Error(`${name} is not running`);
    process.kill(pid, what);
    return pid;
  }

  return {
    ...stack,
    dataDir,
    remarks,
    api: (method, path, body) => request(`${stack.httpUrl}${path}`, method, body),
    simulator: (method, path, body) =>
      request(`http://127.0.0.1:${stack.addresses.simulator.controlPort}${path}`, method, body),
    async kill(name) {
      const killed = signal(name, 'SIGKILL');
      await until(`${name} runs again`, () => {
        const { pid } = part(name);
        return pid !== undefined && pid !== killed;
      });
    },
    down: (name) => part(name).down(),
    up: (name) => part(name).up(),
    freeze: (name) => void signal(name, 'SIGSTOP'),
    thaw: (name) => void signal(name, 'SIGCONT'),
    log: (name) => readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8'),
    async stop() {
      await stack.stop();
      removeFolder();
    },
  };
}

/** Sends a request with an optional JSON body. */
export async function request<T>(url: string, method: string, body: unknown): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T };
}
