import { join } from 'node:path';
import { ensureDatabase, type DatabaseOwner } from './database.ts';
import { createLogFolder } from './log-folder.ts';
import { postgresNotice, serviceNotice, type LogNotice } from './log-summary.ts';
import { preparePostgres } from './postgres.ts';
import { startService, type ServiceProgram } from './service-process.ts';
import { supervise, type Part, type Supervised } from './supervisor.ts';

/** The processes of one launch; each writes a log to `DATA_DIR/logs`. */
export interface ProcessGroup {
  readonly processes: ReadonlyMap<string, Supervised>;
  runService: (program: ServiceProgram) => Promise<void>;
  /** Runs PostgreSQL in `DATA_DIR/postgres`. The owner's database URL is known before it runs. */
  postgres(port: number, database: string, owner: DatabaseOwner): { url: string; run(): Promise<void> };
  /** From now on notices are reported; during the start the processes only wait for each other. */
  started(): void;
  /** Stops everything in order, in under 5 s. */
  stop(): Promise<void>;
}

// A process stops before those that it needs: the orchestrator stops the rotator through the
// driver.
const STOP_ORDER = [
  { names: ['api-gateway', 'scan-orchestrator', 'sky-analyst'], graceMs: 2_500 },
  { names: ['rotor-driver', 'sdr-sampler'], graceMs: 800 },
];
const STOP_BUDGET_MS = 4_300;
const MIN_GRACE_MS = 500;

/** `onNotice` receives warnings and errors of the processes; `signal` aborts starts in progress. */
export function createProcessGroup(
  dataDir: string,
  onNotice: (name: string, notice: LogNotice) => void,
  signal: AbortSignal,
): ProcessGroup {
  const processes = new Map<string, Supervised>();
  const logs = createLogFolder(join(dataDir, 'logs'));
  let phase: 'starting' | 'running' | 'stopping' = 'starting';

  function notify(name: string, notice: LogNotice | undefined): void {
    if (notice && phase === 'running') onNotice(name, notice);
  }

  async function run(part: Part): Promise<void> {
    const { name } = part;
    const listener = {
      ended: (exit: string) => notify(name, { level: 'warning', text: `exited (${exit}); restarting` }),
      failed: (reason: string) => notify(name, { level: 'error', text: reason }),
      restarted: () => notify(name, { level: 'warning', text: 'restarted' }),
    };
    processes.set(name, await supervise(part, listener, signal));
  }

  return {
    processes,
    async runService(program) {
      const log = logs.open(program.name);
      const output = {
        chunk: (bytes: Buffer) => log.write(bytes),
        line: (text: string) => notify(program.name, serviceNotice(text)),
      };
      await run({ name: program.name, start: (abort) => startService(program, output, abort) });
    },
    postgres(port, database, owner) {
      const log = logs.open('postgres');
      const onLine = (line: string) => {
        log.write(`${new Date().toISOString()} ${line}\n`);
        notify('postgres', postgresNotice(line));
      };
      const onMovedAway = (text: string) => {
        log.write(`${new Date().toISOString()} WARNING:  ${text}\n`);
        onNotice('postgres', { level: 'warning', text });
      };
      const cluster = preparePostgres({ folder: join(dataDir, 'postgres'), port, onLine, onMovedAway });
      return {
        url: `postgres://${owner.role}:${owner.password}@127.0.0.1:${port}/${database}`,
        async run() {
          await run({ name: 'postgres', start: cluster.start });
          await ensureDatabase((name) => cluster.url(name), database, owner);
        },
      };
    },
    started() {
      phase = 'running';
    },
    async stop() {
      phase = 'stopping';
      const deadline = performance.now() + STOP_BUDGET_MS;
      const end = async (names: string[], graceMs: number) => {
        await Promise.all(names.map(async (name) => processes.get(name)?.stop(graceMs)));
      };
      for (const { names, graceMs } of STOP_ORDER) await end(names, graceMs);
      const others = [...processes.keys()].filter(
        (name) => !STOP_ORDER.some(({ names }) => names.includes(name)),
      );
      await end(others, Math.max(MIN_GRACE_MS, deadline - performance.now()));
      logs.close();
    },
  };
}
