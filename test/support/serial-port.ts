import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A serial port for a program; the test is the device at its other end. Needs `cc`. */
export interface SerialPort {
  /** Path of the device; stays the same when the port is plugged in again. */
  readonly path: string;
  /** Sends text to the program. */
  write(text: string): void;
  /** Simulates unplugging the USB adapter: programs that have it open get errors. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  close(): Promise<void>;
}

/** `onData` receives what the program sends, in chunks. */
export async function openSerialPort(onData: (text: string) => void): Promise<SerialPort> {
  const program = buildProgram();
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-port-'));
  const path = join(folder, 'ttyUSB0');
  let child: ChildProcessWithoutNullStreams | undefined;

  async function plug(): Promise<void> {
    const started = spawn(program);
    child = started;
    started.stdin.on('error', () => undefined); // unplugged during a write
    const [first] = (await once(started.stdout, 'data')) as [Buffer];
    symlinkSync(first.toString().trim(), path);
    started.stdout.on('data', (bytes: Buffer) => onData(bytes.toString('latin1')));
  }

  async function unplug(): Promise<void> {
    const pulled = child;
    child = undefined;
    if (!pulled) return;
    const gone = once(pulled, 'exit');
    pulled.kill('SIGKILL');
    await gone;
    rmSync(path, { force: true });
  }

  await plug();
  return {
    path,
    write: (text) => void child?.stdin.write(text, 'latin1'),
    unplug,
    plug,
    async close() {
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const SOURCE = fileURLToPath(new URL('./pty/pty.c', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/pty', import.meta.url));

/** Returns the program; compiles each source once. */
function buildProgram(): string {
  const digest = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const program = join(CACHE, `pty-${digest}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  // Beside the old one first: several suites may build at the same time.
  const next = `${program}.${process.pid}`;
  const flags = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror'];
  const { status, stderr } = spawnSync('cc', [...flags, '-o', next, SOURCE], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot build the pseudo terminal: ${stderr}`);
  renameSync(next, program);
  return program;
}
