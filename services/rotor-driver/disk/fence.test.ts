import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFence } from './fence.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fence-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (unixS: number) => () => unixS * 1000;

describe('fencing tokens', () => {
  test('grow, however many are asked for at once', async () => {
    const fence = await openFence(join(folder, 'new/fence'), at(100));
    const tokens = await Promise.all([fence.next(), fence.next(), fence.next()]);
    expect(tokens).toEqual([101, 102, 103]);
  });

  test('grow across restarts, whatever the clock says', async () => {
    const path = join(folder, 'fence');
    const before = await (await openFence(path, at(1_000))).next();
    const after = await (await openFence(path, at(5))).next();
    expect(after).toBeGreaterThan(before);
  });

  test('are on disk before they are given out', async () => {
    const path = join(folder, 'fence');
    const token = await (await openFence(path, at(1_000))).next();
    expect(Number(await readFile(path, 'utf8'))).toBe(token);
  });

  test.each(['', 'garbage', '-5', '1e99', '99999999999999999999'])(
    'a file with %j starts from the clock',
    async (text) => {
      const path = join(folder, 'fence');
      await writeFile(path, text);
      expect(await (await openFence(path, at(1_000))).next()).toBe(1_001);
    },
  );

  test('are not given out when they cannot be written', async () => {
    const path = join(folder, 'sub/fence');
    const fence = await openFence(path, at(1_000));
    await rm(join(folder, 'sub'), { recursive: true });
    await expect(fence.next()).rejects.toMatchObject({ kind: 'no_room' });
  });
});
