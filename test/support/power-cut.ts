import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processesOf } from './processes.ts';
import { until } from './until.ts';

/** A disk (ext4 on a loop device) whose power can be cut. */
export interface CutDisk {
  /** Mount point. */
  folder: string;
  /**
   * Discards everything that is not on the device, then kills every process that uses the folder.
   */
  cut(): Promise<void>;
  /** Mounts it again, as after a reboot. */
  mount(): void;
  close(): Promise<void>;
}

const SOURCE = fileURLToPath(new URL('./power-cut/shutdown.c', import.meta.url));
const MEGABYTES = 700;

/** Why power cuts cannot be tested here; undefined when they can. */
export async function powerCutUnavailableReason(): Promise<string | undefined> {
  try {
    const disk = createCutDisk(16);
    try {
      writeFileSync(join(disk.folder, 'file'), 'text');
      await disk.cut();
      disk.mount();
      return undefined;
    } finally {
      await disk.close();
    }
  } catch (error) {
    const detail = (error as { stderr?: Buffer }).stderr?.toString().trim();
    return `no ext4 on a loop device can be mounted here (it takes root, loop devices and a C compiler): ${detail ?? String(error)}`;
  }
}

export function createCutDisk(megabytes = MEGABYTES): CutDisk {
  const base = mkdtempSync(join(tmpdir(), 'sky-scan-power-cut-'));
  const folder = join(base, 'disk');
  const image = join(base, 'image');
  const cutter = join(base, 'shutdown');
  const mount = () => run('mount', ['-o', 'loop', image, folder]);
  try {
    run('cc', ['-O1', '-Wall', '-Werror', '-o', cutter, SOURCE]);
    const file = openSync(image, 'w');
    ftruncateSync(file, megabytes * 1024 * 1024);
    closeSync(file);
    run('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
    mkdirSync(folder);
    mount();
  } catch (error) {
    rmSync(base, { recursive: true, force: true });
    throw error;
  }
  const unmount = async () => {
    // A killed process may take a moment to close its files.
    await until(
      'the disk is released',
      () => spawnSync('umount', [folder], { stdio: 'ignore' }).status === 0,
    );
  };
  return {
    folder,
    mount,
    async cut() {
      run(cutter, [folder]);
      await killProcesses(folder);
      await unmount();
    },
    async close() {
      await killProcesses(folder);
      if (spawnSync('mountpoint', ['-q', folder]).status === 0) await unmount();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

async function killProcesses(folder: string): Promise<void> {
  await until('no process is left', () => {
    const left = processesOf(folder);
    for (const { pid } of left)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has exited meanwhile.
      }
    return left.length === 0;
  });
}

function run(command: string, args: string[]): void {
  const path = [process.env['PATH'], '/usr/sbin', '/sbin'].join(':');
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: path } });
}
