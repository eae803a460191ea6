import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

function record(isTTY: boolean, columns?: number) {
  const said: string[] = [];
  let now = 0;
  const output = { isTTY, ...(columns && { columns }), write: (text: string) => said.push(text) };
  const terminal = createTerminal(output, () => now);
  return { terminal, said, wait: (ms: number) => (now += ms) };
}

test('on a terminal progress is rewritten in place, and lines go above it', () => {
  const { terminal, said } = record(true);
  terminal.line('start');
  terminal.progress('1 of 2');
  terminal.progress('2 of 2');
  terminal.line('a warning');
  terminal.endProgress('done');
  terminal.line('after');
  const clear = '\r\u001b[2K';
  expect(said).toEqual([
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
  const { terminal, said } = record(true, 10);
  terminal.progress('123456789012345');
  expect(said).toEqual(['\r\u001b[2K123456789']);
});

test('elsewhere progress is a line now and then', () => {
  const { terminal, said, wait } = record(false);
  terminal.progress('1 of 9');
  wait(14_999);
  terminal.progress('2 of 9');
  wait(1);
  terminal.progress('3 of 9');
  terminal.endProgress('done');
  expect(said).toEqual(['1 of 9\n', '3 of 9\n', 'done\n']);
});
