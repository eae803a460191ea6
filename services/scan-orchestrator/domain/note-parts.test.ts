import { expect, test } from 'vitest';
import { namesReason, noteText, withNoteParts, withResumption, type NotePart } from './note-parts.ts';

const wind: NotePart = { text: 'wind', resumesItself: true };
const stalled: NotePart = { text: 'at az 1: stalled', reason: 'stalled' };

test.each<[string, NotePart[], string | null]>([
  ['nothing', [], null],
  ['one part', [stalled], 'at az 1: stalled'],
  ['a cause that may clear', [wind], 'wind; resumes automatically'],
  ['parts in chronological order', [wind, stalled], 'wind; resumes automatically; at az 1: stalled'],
])('reads as a note: %s', (_name, parts, text) => {
  expect(noteText(parts)).toBe(text);
});

test('reports the cause and the time of resumption', () => {
  const parts = withResumption([wind, stalled], 1_700_000_000_000);
  expect(noteText(parts)).toBe('wind; at az 1: stalled; resumed at 2023-11-14T22:13:20Z');
});

test('a reason is found independently of the texts', () => {
  expect(namesReason([wind, stalled], 'stalled')).toBe(true);
  expect(namesReason([{ text: 'stalled' }], 'stalled')).toBe(false);
});

test.each<[string, { note?: string | null; noteParts?: NotePart[] }, NotePart[]]>([
  ['a record of an older version', { note: 'stalled' }, [{ text: 'stalled' }]],
  ['one without a note', { note: null }, []],
  ['a record of this version', { noteParts: [wind] }, [wind]],
])('reads %s', (_name, state, noteParts) => {
  expect(withNoteParts(state)).toEqual({ noteParts });
});
