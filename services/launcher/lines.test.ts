import { expect, test } from 'vitest';
import { createLineSplitter } from './lines.ts';

test('chunks become lines, whatever the chunks are', () => {
  const lines: string[] = [];
  const split = createLineSplitter((line) => lines.push(line));
  for (const chunk of ['a', 'b\nc', '\n', '\nd']) split(Buffer.from(chunk));
  expect(lines).toEqual(['ab', 'c', '']);
});

test('a line that never ends is given out in pieces', () => {
  const lines: string[] = [];
  const split = createLineSplitter((line) => lines.push(line), 4);
  split(Buffer.from('123'));
  split(Buffer.from('456'));
  split(Buffer.from('7\n'));
  expect(lines).toEqual(['123456', '7']);
});
