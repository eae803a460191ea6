import { describe, expect, test } from 'vitest';
import { parseCNumber, parseRotctl } from './parser.ts';

/** All commands of an input, as `name/separator`, and the rest. */
function commands(input: string): { found: string[]; rest: string } {
  const found: string[] = [];
  let rest = input;
  for (;;) {
    const parsed = parseRotctl(rest);
    if (parsed.kind === 'incomplete') return { found, rest };
    if (parsed.kind === 'quit') return { found: [...found, 'quit'], rest: '' };
    rest = parsed.rest;
    if (parsed.kind === 'ignored') continue;
    const { request } = parsed;
    const args = request.name === 'set_pos' ? `(${request.azimuth},${request.elevation})` : '';
    const name =
      request.name === 'unavailable' ? `${request.hamlibName}(${request.args.join()})` : request.name;
    found.push(`${name}${args}${request.separator === undefined ? '' : `/${request.separator}`}`);
  }
}

// Each row was verified with Hamlib 4.5.4.
test.each([
  ['p\n', ['get_pos'], ''],
  ['+p\n', ['get_pos/\n'], ''],
  ['pp', ['get_pos', 'get_pos'], ''],
  ['+p+p\n', ['get_pos/\n', 'get_pos/\n'], ''],
  [';p\n', ['get_pos/;'], ''],
  ['+;p\n', ['get_pos/;'], ''],
  [';+p\n', ['get_pos'], ''],
  ['+ p\n', ['get_pos'], ''],
  ['+\np\n', ['get_pos'], ''],
  ['\\get_pos\n', ['get_pos'], ''],
  ['\\get_pos;p\n', ['get_pos', 'get_pos'], ''],
  ['\\get_po', [], '\\get_po'],
  ['\\PARK\np\n', ['get_pos'], ''],
  ['+_p\n', ['get_info/\n', 'get_pos'], ''],
  ['P 1 2\n', ['set_pos(1,2)'], ''],
  ['P\n1\n2\n', ['set_pos(1,2)'], ''],
  ['P  1\t 2 p\n', ['set_pos(1,2)', 'get_pos'], ''],
  ['P 0 0', [], 'P 0 0'],
  ['+\\set_pos 0\n0\n', ['set_pos(0,0)/\n'], ''],
  ['# hello p\np\n', ['get_pos'], ''],
  ['xyz\nS\n', ['get_parm(yz)', 'stop'], ''],
  ['yzk\nS\n', ['stop'], ''],
  ['R 1\n', ['reset(1)'], ''],
  ['R\n', [], 'R\n'],
  ['M 8 10\np\n', ['move(8,10)', 'get_pos'], ''],
  ['+\\set_level SPEED 3\n', ['set_level(SPEED,3)/\n'], ''],
  ['C 100', [], 'C 100'],
  ['w AZ EL\np\n', ['send_cmd(AZ EL)', 'get_pos'], ''],
  ['s\n', ['get_status()'], ''],
  ['B 1 2 3 4\n', ['qrb(1,2,3,4)'], ''],
  ['P 1 2', [], 'P 1 2'],
  ['1K\r\n', ['dump_caps', 'park'], ''],
  ['\\dump_state\n', ['dump_state'], ''],
  ['Sq p\n', ['stop', 'quit'], ''],
])('%j is %j', (input, found, rest) => {
  expect(commands(input)).toEqual({ found, rest });
});

describe('numbers are parsed as in C', () => {
  test.each([
    ['10.5', 10.5],
    ['10,5', 10],
    ['10abc', 10],
    ['.5', 0.5],
    ['1e1', 10],
    ['0x10', 16],
    ['-0x10', -16],
    ['nan', NaN],
    ['-inf', -Infinity],
    ['INFINITY', Infinity],
    ['abc', undefined],
  ])('%s is %d', (text, value) => {
    expect(parseCNumber(text)).toBe(value);
  });
});
