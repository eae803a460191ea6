import { expect, test } from 'vitest';
import { createDropLog } from './drop-log.ts';

test('logs one line per minute with the number of messages dropped since', () => {
  const lines: unknown[] = [];
  let nowMs = 0;
  const logDrop = createDropLog({ warn: (line: unknown) => void lines.push(line) }, () => nowMs);
  const topic = `skyscan/${'x'.repeat(60_000)}`;
  for (let i = 0; i < 1_000; i++) logDrop(topic, 'not a point');
  nowMs = 60_000;
  logDrop(topic, 'not a status');
  expect(lines).toEqual([
    { topic: topic.slice(0, 200), reason: 'not a point', alsoDropped: 0 },
    { topic: topic.slice(0, 200), reason: 'not a status', alsoDropped: 999 },
  ]);
});
