import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './peers.ts';
import type { Waterfall } from './waterfalls.ts';

const SOURCE = fileURLToPath(new URL('./aoflagger/aoflagger.cpp', import.meta.url));
const FLAGS = ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror'];

/** Why AOFlagger cannot be used; undefined if it can. */
export function missingAoflagger(): string | undefined {
  if (!findProgram('g++')) return 'g++ not installed';
  return existsSync('/usr/include/aoflagger.h') ? undefined : 'aoflagger-dev not installed';
}

/** The masks of AOFlagger with its generic strategy: 1 for each flagged value. */
export function flagWithAoflagger(waterfalls: readonly Waterfall[]): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-aoflagger-'));
  try {
    const program = join(folder, 'aoflagger');
    run('g++', [...FLAGS, '-o', program, SOURCE, '-laoflagger']);
    const input = waterfalls.flatMap(({ rows, channels, power }) => [
      Buffer.from(Uint32Array.of(rows, channels).buffer),
      Buffer.from(power.buffer, power.byteOffset, power.byteLength),
    ]);
    const output = run(program, [], Buffer.concat(input));
    let at = 0;
    return waterfalls.map(({ truth }) => output.subarray(at, (at += truth.length)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: string[], input?: Buffer): Buffer {
  const options = { maxBuffer: 256 * 1024 * 1024, ...(input && { input }) };
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program} failed: ${stderr.toString()}`, { cause: error });
  return stdout;
}
