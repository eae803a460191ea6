import { spawnSync, execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSkyscan } from '../support/cli.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';

const MAIN = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));

let world: GatewayWorld;
let scan: TestScan;
let folder: string;
beforeAll(async () => {
  world = await createGatewayWorld();
  scan = await startTestScan(world);
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-completion-'));
  const shim = join(folder, 'skyscan');
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(shim, 0o755);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

const skyscan = (args: string[], url = world.gateway.url) => runSkyscan(args, { env: { SKYSCAN_URL: url } });
async function completed(args: string[], url?: string): Promise<string[]> {
  const { code, out } = await skyscan(['__complete', '--', ...args], url);
  expect(code).toBe(0);
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\t.*/, ''));
}

describe('completion', () => {
  test('offers every command of --help and no hidden one', async () => {
    const { out } = await skyscan(['--help']);
    const shown = [...out.matchAll(/^ {2}([a-z-]+)[ \n].*$/gm)].map(([, name]) => name);
    const commands = shown.filter((name) => name !== 'help' && name !== 'done');
    const found = await completed(['']);
    expect(found.length).toBeGreaterThan(10);
    expect(commands).toEqual(expect.arrayContaining(found) as string[]);
    expect(found).not.toContain('__complete');
  });

  test.each<[string[], string[]]>([
    [['se'], ['sessions']],
    [
      ['rotors', 'p'],
      ['position', 'park'],
    ],
    [
      ['scan', '--mode', ''],
      ['step', 'on-the-fly'],
    ],
    [['scan', '--mode=on'], ['on-the-fly']],
    [['scan', '--gr'], ['--grid']],
    [
      ['point-calibrate', '1', '--kind', ''],
      ['raster', 'cross'],
    ],
    [['scan', '--grid', 'equal-area', '--gr'], []],
    [['scan', '--az', ''], []],
    [
      ['sessions', '--status', 'p'],
      ['pending', 'paused'],
    ],
    [['export', '1', '-o', 'x'], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['nonsense', ''], []],
  ])('completes %j to %j', async (args, found) => expect(await completed(args)).toEqual(found));

  test('offers ids from the API', async () => {
    expect(await completed(['show', ''])).toEqual([String(scan.id)]);
    expect(await completed(['rotors', 'move', ''])).toContain(String(scan.rotorId));
    expect(await completed(['scan', '--rotor', ''])).toContain(String(scan.rotorId));
    expect(await completed(['rotors', 'move', String(scan.rotorId), ''])).toEqual([]);
  });

  test('offers no ids and prints no error when the API does not respond', async () => {
    expect(await completed(['show', ''], 'http://127.0.0.1:1')).toEqual([]);
    expect(await completed(['show', ''], 'nonsense')).toEqual([]);
  });
});

/** Completions that bash offers for the last word of a line. */
async function inBash(...args: string[]): Promise<string[]> {
  const script = [
    'eval "$(skyscan completion bash)"',
    'COMP_WORDS=(skyscan "$@")',
    'COMP_CWORD=$#',
    '_skyscan',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ];
  const { stdout } = await promisify(execFile)('bash', ['-c', script.join('\n'), 'bash', ...args], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, SKYSCAN_URL: world.gateway.url },
    cwd: folder,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

// The command line runs as a process, from `dist`.
describe('bash', () => {
  test('completes commands, options and ids', async () => {
    expect(await inBash('sess')).toEqual(['sessions']);
    expect(await inBash('scan', '--refe')).toEqual(['--reference']);
    expect(await inBash('pause', '')).toEqual([String(scan.id)]);
  });

  test('completes file names', async () => {
    writeFileSync(join(folder, 'a map.png'), '');
    expect(await inBash('export', '1', '-o', 'a')).toEqual(['a map.png']);
  });

  test('registers it for skyscan', async () => {
    const script = 'eval "$(skyscan completion bash)"; complete -p skyscan';
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env });
    expect(stdout).toBe('complete -o filenames -F _skyscan skyscan\n');
  });
});

for (const shell of ['zsh', 'fish'])
  describeWithPrograms([shell], `the real ${shell}`, () => {
    test('accepts the completion script', async () => {
      const { code, out } = await skyscan(['completion', shell]);
      expect([code, out]).toEqual([0, expect.stringContaining('__complete')]);
      const script = join(folder, `completion.${shell}`);
      writeFileSync(script, out);
      expect(spawnSync(shell, ['-n', script]).status).toBe(0);
    });
  });

test('an unsupported shell is refused', async () => {
  const { code, err } = await skyscan(['completion', 'csh']);
  expect(code).toBe(2);
  expect(err).toContain('Allowed choices are bash, zsh, fish');
});
