import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import { rotorConfig } from '../../../test/support/scan-fakes.ts';
import { openInUseStore } from './in-use-store.ts';

const logger = createLogger('test', 'silent');
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'in-use-store-'));
  path = join(folder, 'sub/in-hand.json');
});
afterEach(() => rm(folder, { recursive: true }));

const rotor = (id: number) => rotorConfig({ id, port: 4533 + id, rssiSource: 'none' });

test('rotors in use survive a crash', () => {
  const store = openInUseStore(path, logger);
  expect(store.leftInUse).toEqual([]);
  store.set(rotor(1), true);
  store.set(rotor(2), true);
  store.set(rotor(2), true);
  store.set(rotor(1), false);
  expect(openInUseStore(path, logger).leftInUse).toMatchObject([rotor(2)]);
});

test('rotors that are no longer in use are removed', () => {
  const store = openInUseStore(path, logger);
  store.set(rotor(1), true);
  store.set(rotor(1), false);
  expect(openInUseStore(path, logger).leftInUse).toEqual([]);
});

test.each(['', 'garbage', '{}', '[null]', '[{"id":1}]'])('a file with %j counts as empty', async (text) => {
  const damaged = join(folder, 'damaged.json');
  await writeFile(damaged, text);
  expect(openInUseStore(damaged, logger).leftInUse).toEqual([]);
});

test('a failed write does not throw', async () => {
  await writeFile(join(folder, 'file'), '');
  const store = openInUseStore(join(folder, 'file/in-hand.json'), logger);
  expect(() => store.set(rotor(1), true)).not.toThrow();
});
