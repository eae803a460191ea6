import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from '../../services/launcher/log-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-log-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a log is rotated at its size limit, and two older files are kept', () => {
  const path = join(folder, 'x.log');
  const log = openLogFile(path, 10);
  for (let n = 1; n <= 5; n++) log.write(`line number ${n}\n`);
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('line number 5\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('line number 4\n');
  expect(readFileSync(`${path}.2`, 'utf8')).toBe('line number 3\n');
  expect(existsSync(`${path}.3`)).toBe(false);
});

test('a log is continued after a restart', () => {
  const path = join(folder, 'x.log');
  for (const text of ['one\n', 'two\n']) {
    const log = openLogFile(path);
    log.write(text);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});
