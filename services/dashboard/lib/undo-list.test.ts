import { expect, test } from 'vitest';
import { UndoList, type UndoableChange } from './undo-list.ts';

class UndoableChanges extends UndoList {
  override list: readonly UndoableChange[] = [];
}

const noop = () => Promise.resolve();
const texts = ({ list }: UndoableChanges) => list.map(({ text }) => text);

test('undoes the given change, or the last one, once', async () => {
  const changes = new UndoableChanges();
  const undone: string[] = [];
  for (const text of ['a', 'b', 'c'])
    changes.add(text, async () => {
      await Promise.resolve();
      undone.push(text);
    });
  const first = changes.list[0]?.id;
  await Promise.all([changes.undo(first), changes.undo(first)]);
  await changes.undo();
  expect(undone).toEqual(['a', 'c']);
  expect(texts(changes)).toEqual(['b']);
});

test('forgets the oldest changes', () => {
  const changes = new UndoableChanges();
  for (const text of ['a', 'b', 'c', 'd']) changes.add(text, noop);
  expect(texts(changes)).toEqual(['b', 'c', 'd']);
});

test('a change that cannot be undone stays with the reason, for another attempt', async () => {
  const changes = new UndoableChanges();
  let attempts = 0;
  changes.add('a', () => (++attempts === 1 ? Promise.reject(new Error('away')) : noop()));
  await changes.undo();
  expect(changes.list).toMatchObject([{ text: 'a', problem: 'away' }]);
  await changes.undo();
  expect(changes.list).toEqual([]);
});
