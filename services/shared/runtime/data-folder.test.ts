import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

const logger = pino({ level: 'silent' });
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sky-scan-data-folder-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(dataDir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (path: string) => readFileSync(join(dataDir, path), 'utf8');
const open = () => openDataFolder(dataDir, 'rotor-driver', logger);

test('is the folder of the service in DATA_DIR', () => {
  expect(open()).toBe(join(dataDir, 'rotor-driver'));
  expect(readdirSync(dataDir)).toEqual([]);
});

test('moves every file of an older version, with its folders', () => {
  write('rotor-driver/rotor-driver/permits.json', 'permits');
  write('rotor-driver/rotor-driver/journal/7.log', 'points');
  const folder = open();
  expect(read('rotor-driver/permits.json')).toBe('permits');
  expect(read('rotor-driver/journal/7.log')).toBe('points');
  expect(existsSync(join(folder, 'rotor-driver'))).toBe(false);
});

test('continues after a crash between two files', () => {
  write('rotor-driver/permits.json', 'permits');
  write('rotor-driver/rotor-driver/in-hand.json', 'in use');
  open();
  expect(read('rotor-driver/permits.json')).toBe('permits');
  expect(read('rotor-driver/in-hand.json')).toBe('in use');
});

test('does not overwrite a newer file; merges folders', () => {
  write('rotor-driver/permits.json', 'new');
  write('rotor-driver/journal/8.log', 'points of 8');
  write('rotor-driver/rotor-driver/permits.json', 'old');
  write('rotor-driver/rotor-driver/journal/7.log', 'points of 7');
  open();
  open();
  expect(read('rotor-driver/permits.json')).toBe('new');
  expect(read('rotor-driver/rotor-driver/permits.json')).toBe('old');
  expect(readdirSync(join(dataDir, 'rotor-driver/journal')).sort()).toEqual(['7.log', '8.log']);
});

test('a file that cannot be moved ends the start', () => {
  write('rotor-driver/rotor-driver', 'a file instead of a folder');
  expect(open).toThrow(/cannot move .*rotor-driver\/rotor-driver to /);
});
