import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from './lines.ts';

const POLICIES = ['cut', 'drop', () => new Error('an endless line')] as const;

test.each(POLICIES)('lines are complete, however the text was split (%s)', (whenTooLong) => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
      const splitter = createLineSplitter(20, whenTooLong);
      let rest = lines.map((text) => `${text}\n`).join('');
      const done: string[] = [];
      for (const cut of cuts) {
        done.push(...splitter.push(rest.slice(0, cut)));
        rest = rest.slice(cut);
      }
      expect([...done, ...splitter.push(rest)]).toEqual(lines);
      expect(splitter.pending).toBe(false);
    }),
  );
});

test('a line that is too long is dropped, the next one is not', () => {
  const splitter = createLineSplitter(5, 'drop');
  expect(splitter.push('123456')).toEqual([]);
  for (let k = 0; k < 1_000; k++) expect(splitter.push('x'.repeat(1_000))).toEqual([]);
  expect(splitter.pending).toBe(true);
  expect(splitter.push('\nabc\r\n1234567\nde')).toEqual(['abc']);
  expect(splitter.push('f\n')).toEqual(['def']);
});

test('an endless line is split into pieces', () => {
  const splitter = createLineSplitter(4, 'cut');
  expect(splitter.push('123')).toEqual([]);
  expect(splitter.push('456')).toEqual(['123456']);
  expect(splitter.push('7\n')).toEqual(['7']);
});

test.each(['123456', '12345678\n'])('a line that is too long is an error (%j)', (text) => {
  const splitter = createLineSplitter(5, () => new Error('an endless line'));
  expect(() => splitter.push(text)).toThrow('an endless line');
});
