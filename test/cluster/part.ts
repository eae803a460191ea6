import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { untilExit } from '../../services/launcher/child-exit.ts';
import { supervise, type Running } from '../../services/launcher/supervisor.ts';
import type { Machine } from './network.ts';
import { freezeTree, killTree, thawTree } from './process-tree.ts';

/** A program of the cluster. It is restarted when it exits, as systemd does. */
export interface Part {
  readonly name: string;
  readonly machine: Machine;
  /** Whether it runs; for a service of the product, whether it has reported that it is ready. */
  isReady(): boolean;
  /** kill -9 of the program and all that it has started. */
  kill(): void;
  freeze(): void;
  thaw(): void;
  /** kill -9 without a restart. */
  stop(): Promise<void>;
}

/** What the parts of a cluster share. */
export interface Surroundings {
  /** For their files; every user may enter it. */
  folder: string;
  /** Each writes a log here. */
  logFolder: string;
  /** All that were started. */
  parts: Part[];
}

export interface PartOptions {
  name: string;
  machine: Machine;
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  /** It reports `{ ready: true }` over IPC. */
  reportsReady?: boolean;
  /** Other messages over IPC. */
  onMessage?: (message: unknown) => void;
}

const NOT_INTERESTED = { ended: () => undefined, restarted: () => undefined, failed: () => undefined };

/** Starts a part; resolves when the process exists. */
export async function startPart(
  options: PartOptions,
  { logFolder, parts }: Pick<Surroundings, 'logFolder' | 'parts'>,
): Promise<Part> {
  const { name, machine, reportsReady = false } = options;
  const logFile = join(logFolder, `${name.replaceAll(' ', '-')}.log`);
  let isReady = false;
  // Two freezes may overlap: the process continues when both are over.
  let freezes = 0;

  async function start(): Promise<Running> {
    isReady = false;
    const child = spawnLogged(options, logFile);
    const exited = untilExit(child).then((exit) => {
      isReady = false;
      return exit;
    });
    await once(child, 'spawn');
    const pid = child.pid as number;
    if (!reportsReady) isReady = true;
    child.on('message', (message: { ready?: unknown }) => {
      if (message.ready === true) isReady = true;
      else options.onMessage?.(message);
    });
    return {
      pid,
      facts: {},
      exited,
      async stop() {
        killTree(pid);
        await exited;
      },
    };
  }

  const supervised = await supervise({ name, start }, NOT_INTERESTED, new AbortController().signal);
  const onProcess = (act: (pid: number) => void) => {
    if (supervised.pid !== undefined) act(supervised.pid);
  };
  const part: Part = {
    name,
    machine,
    isReady: () => isReady,
    kill: () => onProcess(killTree),
    freeze() {
      freezes++;
      onProcess(freezeTree);
    },
    thaw() {
      freezes--;
      if (freezes === 0) onProcess(thawTree);
    },
    stop: () => supervised.stop(0),
  };
  parts.push(part);
  return part;
}

function spawnLogged({ machine, command, env, reportsReady }: PartOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const [program = '', ...args] = machine.commandFor(command);
    // Detached: Ctrl-C reaches only the test.
    return spawn(program, args, {
      env,
      detached: true,
      stdio: ['ignore', log, log, ...(reportsReady ? (['ipc'] as const) : [])],
    });
  } finally {
    closeSync(log);
  }
}
