import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receiverListVariable } from './receiver-list.ts';

function problems(text: string): string[] {
  const parsed = receiverListVariable.safeParse(text);
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
}

test('a list names receivers and the locations of their dongles', () => {
  expect(
    receiverListVariable.parse(
      'default=rtl_tcp://127.0.0.1:1234, roof=rtl_tcp_child:serial=00000002,low=rtl_power:serial=A-b_3, six=rtl_tcp://[::1]:9',
    ),
  ).toEqual([
    { name: 'default', kind: 'rtl_tcp', host: '127.0.0.1', port: 1234 },
    { name: 'roof', kind: 'rtl_tcp_child', serial: '00000002' },
    { name: 'low', kind: 'rtl_power', serial: 'A-b_3' },
    { name: 'six', kind: 'rtl_tcp', host: '::1', port: 9 },
  ]);
});

test('tuner and header of an undetected receiver can be set', () => {
  expect(
    receiverListVariable.parse(
      'a=rtl_tcp://10.0.0.2:1234:tuner=R820T:header=RTL1, b=rtl_tcp://[::1]:9:header=SDR=, c=rtl_tcp_child:serial=x:tuner=BLOG_V4, d=rtl_power:serial=y:tuner=E4000',
    ),
  ).toEqual([
    { name: 'a', kind: 'rtl_tcp', host: '10.0.0.2', port: 1234, tuner: 'R820T', header: 'RTL1' },
    { name: 'b', kind: 'rtl_tcp', host: '::1', port: 9, header: 'SDR=' },
    { name: 'c', kind: 'rtl_tcp_child', serial: 'x', tuner: 'BLOG_V4' },
    { name: 'd', kind: 'rtl_power', serial: 'y', tuner: 'E4000' },
  ]);
});

test.each([
  [
    'a=rtl_tcp://127.0.0.1:1:tuner=R999',
    'must be one of E4000, FC0012, FC0013, FC2580, R820T, R828D, BLOG_V4',
  ],
  ['a=rtl_tcp://127.0.0.1:1:tuner=toString', 'must be one of'],
  ['a=rtl_tcp://127.0.0.1:1:header=RTL', 'must be 4 characters'],
  ['a=rtl_power:serial=1:header=RTL1', 'only an rtl_tcp:// server has one'],
  ['default', '"default" is not a receiver'],
  ['a=rtl_tcp://127.0.0.1:1, ', '"" is not a receiver'],
  ['=rtl_power:serial=1', 'name of "=rtl_power:serial=1" must be 1 to 32'],
  ['a b=rtl_power:serial=1', 'name of "a b=rtl_power:serial=1" must be 1 to 32'],
  ['a=rtl_tcp://127.0.0.1', 'address of "a=rtl_tcp://127.0.0.1" must look like host:port'],
  ['a=rtl_tcp://127.0.0.1:70000', 'address of "a=rtl_tcp://127.0.0.1:70000" must look like host:port'],
  ['a=hackrf:serial=1', '"a=hackrf:serial=1" must look like'],
  ['a=rtl_power', 'serial number of "a=rtl_power" must be 1 to 32'],
  ['a=rtl_power:serial=', 'serial number of "a=rtl_power:serial=" must be'],
  ['a=rtl_power:serial=1;reboot', 'serial number of "a=rtl_power:serial=1;reboot" must be'],
  ['a=rtl_power:serial=$(id)', 'serial number of "a=rtl_power:serial=$(id)" must be'],
  ['a=rtl_tcp_child:serial=1 -T', 'serial number of "a=rtl_tcp_child:serial=1 -T" must be'],
  ['a=rtl_power:serial=1,b=rtl_tcp_child:serial=1', 'dongle 1 belongs to two receivers'],
  ['a=rtl_power:serial=1,a=rtl_power:serial=2', 'receiver a is listed twice'],
  [`a=rtl_power:serial=${'x'.repeat(33)}`, 'serial number of'],
])('%s is refused', (text, words) => {
  expect(problems(text)).toEqual([expect.stringContaining(words)]);
});

test('all mistakes are reported, not only the first', () => {
  expect(problems('a=b, c d=rtl_power:serial=1, e=rtl_power:serial=*')).toHaveLength(3);
});

test('no serial number can be an option or a command, whatever the input', () => {
  fc.assert(
    fc.property(fc.string(), (serial) => {
      const parsed = receiverListVariable.safeParse(`a=rtl_power:serial=${serial}`);
      if (parsed.success)
        for (const spec of parsed.data)
          if ('serial' in spec) expect(spec.serial).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,31}$/);
    }),
  );
});
