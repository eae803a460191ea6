import { expect, test } from 'vitest';
import { isInNetworks } from '#shared/runtime/network-addresses';
import { parseFronts } from './setting.ts';

test('a front is a rotor and a port, on loopback', () => {
  expect(parseFronts('rotor=1,port=4633')).toEqual([
    { rotorId: 1, port: 4633, host: '127.0.0.1', networks: undefined },
  ]);
});

test('several fronts are separated by semicolons', () => {
  const fronts = parseFronts(' rotor=1, port=4633 ; rotor=2,port=4634,host=::1; ');
  expect(fronts.map(({ rotorId, port, host }) => [rotorId, port, host])).toEqual([
    [1, 4633, '127.0.0.1'],
    [2, 4634, '::1'],
  ]);
});

test('nothing is no front', () => {
  expect(parseFronts(' ')).toEqual([]);
});

test('a front for other machines names their networks', () => {
  const [front] = parseFronts('rotor=1,port=4633,host=0.0.0.0,allow=192.168.1.0/24,allow=fd00::/8');
  const isAllowed = (address: string) => front?.networks && isInNetworks(front.networks, address);
  expect(['192.168.1.7', 'fd00::1', '192.168.2.7', '127.0.0.1'].map(isAllowed)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['port=4633', '"port=4633" needs rotor=...'],
  ['rotor=1', '"rotor=1" needs port=...'],
  ['rotor=0,port=4633', 'rotor=0 must be a whole number in 1..2147483647'],
  ['rotor=1,port=70000', 'port=70000 must be a whole number in 1..65535'],
  ['rotor=one,port=4633', 'rotor=one must be a whole number'],
  ['rotor=1,rotor=2,port=4633', 'rotor is given twice in "rotor=1,rotor=2,port=4633"'],
  ['rotor=1,port=4633;rotor=1,port=4634', 'rotor 1 is given twice'],
  ['rotor=1,port=4633;rotor=2,port=4633', 'port 4633 is given twice'],
  ['rotor=1,port=4633,speed=3', '"speed=3" must be one of rotor=..., port=..., host=..., allow=...'],
  ['4633', '"4633" must be one of'],
  ['rotor=1,port=4633,host=0.0.0.0', 'host=0.0.0.0 can be reached from other machines'],
  ['rotor=1,port=4633,host=0.0.0.0,allow=lan', 'lan is not a network like 192.168.0.0/16'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseFronts(text)).toThrow(message);
});
