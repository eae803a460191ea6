import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

test('lines come out whole, however they were cut', () => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
      const splitter = createLineSplitter(20);
      let rest = lines.map((text) => `${text}\n`).join('');
      const done: string[] = [];
      for (const cut of cuts) {
        done.push(...splitter.push(rest.slice(0, cut)));
        rest = rest.slice(cut);
      }
      expect([...done, ...splitter.push(rest)]).toEqual(lines);
    }),
  );
});

test('a line that is too long is left out, the next one is not', () => {
  const splitter = createLineSplitter(5);
  expect(splitter.push('123456')).toEqual([]);
  for (let k = 0; k < 1_000; k++) expect(splitter.push('x'.repeat(1_000))).toEqual([]);
  expect(splitter.push('\nabc\r\n1234567\nde')).toEqual(['abc']);
  expect(splitter.push('f\n')).toEqual(['def']);
});
