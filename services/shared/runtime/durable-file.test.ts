import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLatestFile, makeFolderSync, replaceFile, replaceFileSync } from './durable-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is replaced as a whole, keeps its mode and leaves no draft', async () => {
  const path = join(folder, 'secret');
  replaceFileSync(path, 'one', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await replaceFile(path, 'two', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['secret']);
});

test('a failed write keeps the old content', () => {
  const path = join(folder, 'kept');
  replaceFileSync(path, 'old');
  makeFolderSync(`${path}.draft`);
  expect(() => replaceFileSync(path, 'new')).toThrow('EISDIR');
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('folders are created with their parents, once', () => {
  const path = join(folder, 'a/b/c');
  makeFolderSync(path, 0o700);
  makeFolderSync(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('the last of many saves is on disk', async () => {
  const file = createLatestFile(join(folder, 'sub/latest'), () => undefined);
  for (let n = 0; n <= 100; n++) file.save(String(n));
  await file.saved();
  expect(readFileSync(join(folder, 'sub/latest'), 'utf8')).toBe('100');
});

test('a failed save is reported and the next one still works', async () => {
  const errors: unknown[] = [];
  const file = createLatestFile(join(folder, 'sub/latest'), (error) => errors.push(error));
  writeFileSync(join(folder, 'sub'), '');
  file.save('lost');
  await file.saved();
  expect(errors).toHaveLength(1);
  rmSync(join(folder, 'sub'));
  file.save('kept');
  await file.saved();
  expect(readFileSync(join(folder, 'sub/latest'), 'utf8')).toBe('kept');
});
