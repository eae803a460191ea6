import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

function record(isTTY: boolean, columns?: number) {
  const output: string[] = [];
  let now = 0;
  const stream = { isTTY, ...(columns && { columns }), write: (text: string) => output.push(text) };
  const terminal = createTerminal(stream, () => now);
  return { terminal, output, wait: (ms: number) => (now += ms) };
}

test('on a terminal, progress is rewritten in place and lines are printed above it', () => {
  const { terminal, output } = record(true);
  terminal.line('start');
  terminal.progress('1 of 2');
  terminal.progress('2 of 2');
  terminal.line('a warning');
  terminal.endProgress('done');
  terminal.line('after');
  const clear = '\r\u001b[2K';
  expect(output).toEqual([
    'start\n',
    `${clear}1 of 2`,
    `${clear}2 of 2`,
    `${clear}a warning\n`,
    `${clear}2 of 2`,
    `${clear}done\n`,
    'after\n',
  ]);
});

test('progress never wraps', () => {
  const { terminal, output } = record(true, 10);
  terminal.progress('123456789012345');
  expect(output).toEqual(['\r\u001b[2K123456789']);
});

test('elsewhere, progress is a line every 15 s', () => {
  const { terminal, output, wait } = record(false);
  terminal.progress('1 of 9');
  wait(14_999);
  terminal.progress('2 of 9');
  wait(1);
  terminal.progress('3 of 9');
  terminal.endProgress('done');
  expect(output).toEqual(['1 of 9\n', '3 of 9\n', 'done\n']);
});
