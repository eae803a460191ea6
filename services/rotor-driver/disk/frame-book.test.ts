import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import { openFrameBook } from './frame-book.ts';

const logger = createLogger('test', 'silent');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frame-book-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what was kept is there after a restart, for each rotator', async () => {
  const path = join(folder, 'sub/frames.json');
  const book = openFrameBook(path, logger);
  expect(book.of('a').kept).toBeUndefined();
  book.of('a').keep({ azimuthDeg: -10, towardsDeg: -20 });
  book.of('b').keep({ azimuthDeg: 400 });
  book.of('a').keep({ azimuthDeg: -20, towardsDeg: undefined });
  await book.saved();
  const again = openFrameBook(path, logger);
  expect(again.of('a').kept).toEqual({ azimuthDeg: -20 });
  expect(again.of('b').kept).toEqual({ azimuthDeg: 400 });
});

test.each(['', 'garbage', '[]', '{"a":{"azimuthDeg":"x"}}'])(
  'a file with %j is an empty one',
  async (text) => {
    const path = join(folder, 'frames.json');
    await writeFile(path, text);
    expect(openFrameBook(path, logger).of('a').kept).toBeUndefined();
  },
);

test('a folder that cannot be written to does not stop the work', async () => {
  await writeFile(join(folder, 'file'), '');
  const book = openFrameBook(join(folder, 'file/frames.json'), logger);
  expect(() => book.of('a').keep({ azimuthDeg: 1 })).not.toThrow();
  await book.saved();
});
