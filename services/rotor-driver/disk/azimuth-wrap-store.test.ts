import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import { openAzimuthWrapStores } from './azimuth-wrap-store.ts';

const logger = createLogger('test', 'silent');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azimuth-wraps-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the saved wrap of each rotator survives a restart', async () => {
  const path = join(folder, 'sub/frames.json');
  const stores = openAzimuthWrapStores(path, logger);
  expect(stores.of('a').saved).toBeUndefined();
  stores.of('a').save({ azimuthDeg: -10, towardsDeg: -20 });
  stores.of('b').save({ azimuthDeg: 400 });
  stores.of('a').save({ azimuthDeg: -20, towardsDeg: undefined });
  await stores.synced();
  const again = openAzimuthWrapStores(path, logger);
  expect(again.of('a').saved).toEqual({ azimuthDeg: -20 });
  expect(again.of('b').saved).toEqual({ azimuthDeg: 400 });
});

test.each(['', 'garbage', '[]', '{"a":{"azimuthDeg":"x"}}'])(
  'a file with %j counts as empty',
  async (text) => {
    const path = join(folder, 'frames.json');
    await writeFile(path, text);
    expect(openAzimuthWrapStores(path, logger).of('a').saved).toBeUndefined();
  },
);

test('a failed write does not throw', async () => {
  await writeFile(join(folder, 'file'), '');
  const stores = openAzimuthWrapStores(join(folder, 'file/frames.json'), logger);
  expect(() => stores.of('a').save({ azimuthDeg: 1 })).not.toThrow();
  await stores.synced();
});
