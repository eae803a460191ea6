import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFencingTokenStore } from './fencing-token-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fence-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (unixS: number) => () => unixS * 1000;

describe('fencing tokens', () => {
  test('grow with concurrent requests', async () => {
    const fencingTokens = await openFencingTokenStore(join(folder, 'new/fence'), at(100));
    const tokens = await Promise.all([fencingTokens.next(), fencingTokens.next(), fencingTokens.next()]);
    expect(tokens).toEqual([101, 102, 103]);
  });

  test('grow across restarts, even if the clock goes back', async () => {
    const path = join(folder, 'fence');
    const before = await (await openFencingTokenStore(path, at(1_000))).next();
    const after = await (await openFencingTokenStore(path, at(5))).next();
    expect(after).toBeGreaterThan(before);
  });

  test('are on disk before they are returned', async () => {
    const path = join(folder, 'fence');
    const token = await (await openFencingTokenStore(path, at(1_000))).next();
    expect(Number(await readFile(path, 'utf8'))).toBe(token);
  });

  test.each(['', 'garbage', '-5', '1e99', '99999999999999999999'])(
    'a file with %j starts from the clock',
    async (text) => {
      const path = join(folder, 'fence');
      await writeFile(path, text);
      expect(await (await openFencingTokenStore(path, at(1_000))).next()).toBe(1_001);
    },
  );

  test('are not returned if they cannot be written', async () => {
    const path = join(folder, 'sub/fence');
    const fencingTokens = await openFencingTokenStore(path, at(1_000));
    await rm(join(folder, 'sub'), { recursive: true });
    await expect(fencingTokens.next()).rejects.toMatchObject({ kind: 'no_room' });
  });
});
