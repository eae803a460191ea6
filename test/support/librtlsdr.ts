import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A dongle of the stand-in; levels in dBFS at 0 dB of gain (described in librtlsdr.c). */
export interface StandInDongle {
  noise: number;
  carrier?: number;
  carrier_hz?: number;
  /** More carriers, at most 63. */
  tones?: readonly Tone[];
  crystal_ppm?: number;
  fault?: 'busy' | 'hung' | 'unlocked';
  /** Share of USB reads that lose samples. */
  drop?: number;
}

/** An unmodulated carrier. `dbfs`: at 0 dB of gain. */
export interface Tone {
  hz: number;
  dbfs: number;
}

/** Settings that a program has made. */
export interface DongleState {
  pid: number;
  center_hz: number;
  rate_hz: number;
  gain_db: number;
  manual_gain: number;
  ppm: number;
  agc: number;
  bias_tee: number;
}

/** Samples since a program started streaming from a dongle. */
export interface DongleCount {
  /** Handed to the program. */
  sent: number;
  /** Taken but lost before the program received them; `losses` is the number of gaps. */
  lost: number;
  losses: number;
  /** Time of the first sample, Unix time. */
  started_ms: number;
}

/** Simulated dongles; real programs see them when they run with `env`. */
export interface DongleBench {
  env: { LD_LIBRARY_PATH: string; RTLSDR_STANDIN: string };
  /** Plugs a dongle in or changes it; takes effect within some milliseconds. */
  plug(serial: string, dongle: StandInDongle): void;
  unplug(serial: string): void;
  /** Undefined until a program has opened it. */
  state(serial: string): DongleState | undefined;
  /**
   * Undefined until a program has streamed from it (`rtl_tcp` streams, `rtl_power` reads in
   * blocks).
   */
  count(serial: string): DongleCount | undefined;
  close(): void;
}

const SOURCE_FOLDER = fileURLToPath(new URL('./librtlsdr', import.meta.url));
const SOURCES = ['librtlsdr.c', 'carriers.h'].map((name) => join(SOURCE_FOLDER, name));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/librtlsdr', import.meta.url));

/** Builds the library if its source has changed, and creates an empty bench. */
export function createDongleBench(): DongleBench {
  const library = buildLibrary();
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-dongles-'));
  const control = (serial: string) => join(folder, `${serial}.dongle`);
  return {
    env: { LD_LIBRARY_PATH: library, RTLSDR_STANDIN: folder },
    plug(serial, { tones = [], ...dongle }) {
      const lines = Object.entries(dongle).map(([key, value]) => `${key} ${value as string | number}\n`);
      const more = tones.map(({ hz, dbfs }) => `tone ${hz} ${dbfs}\n`);
      const next = join(folder, `${serial}.next`);
      writeFileSync(next, [...lines, ...more].join(''));
      renameSync(next, control(serial));
    },
    unplug: (serial) => rmSync(control(serial), { force: true }),
    state: (serial) => readFacts(join(folder, `${serial}.state`)) as DongleState | undefined,
    count: (serial) => readFacts(join(folder, `${serial}.count`)) as DongleCount | undefined,
    close() {
      // Programs that still run write their state to this path.
      const gone = `${folder}.gone`;
      renameSync(folder, gone);
      // One that was about to write may still add a file.
      rmSync(gone, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Reads a file of `key value` lines; undefined when it does not exist. */
function readFacts(path: string): object | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])])) as object;
}

/** Returns the folder of `librtlsdr.so.0`; compiles each source once. */
function buildLibrary(): string {
  const hash = createHash('sha256');
  for (const path of SOURCES) hash.update(readFileSync(path));
  const folder = join(CACHE, hash.digest('hex').slice(0, 16));
  const library = join(folder, 'librtlsdr.so.0');
  if (existsSync(library)) return folder;
  mkdirSync(folder, { recursive: true });
  // Write to a temporary name first: several suites may build at the same time.
  const next = `${library}.${process.pid}`;
  const flags = ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-O2', '-Wall', '-Wextra', '-Werror', '-pedantic'];
  const { status, stderr } = spawnSync(
    'cc',
    [...flags, '-shared', '-fPIC', '-o', next, SOURCES[0] as string, '-lm'],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`cannot build the stand-in for librtlsdr: ${stderr}`);
  renameSync(next, library);
  return folder;
}
