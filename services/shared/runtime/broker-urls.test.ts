import { expect, test } from 'vitest';
import { brokerUrls, parseBrokerUrls } from './broker-urls.ts';

test.each([
  ['mqtt://a', { url: 'mqtt://a' }],
  ['mqtts://user:pass@[::1]:9000/path', { url: 'mqtts://user:pass@[::1]:9000/path' }],
  [
    'mqtt://a,mqtt://[2001:db8::1]:1884,mqtts://c',
    {
      url: 'mqtt://a',
      servers: [
        { protocol: 'mqtt', host: 'a', port: 1883 },
        { protocol: 'mqtt', host: '2001:db8::1', port: 1884 },
        { protocol: 'mqtts', host: 'c', port: 8883 },
      ],
    },
  ],
])('%s', (text, expected) => {
  expect(brokerUrls.parse(text)).toBe(text);
  expect(parseBrokerUrls(text)).toEqual(expected);
});

test.each([
  ['nonsense', 'must look like'],
  ['http://a:1883', 'must look like'],
  ['mqtt://a,', 'must look like'],
  ['mqtt://a,b:1883', 'must look like'],
  ['mqtt://u:p@a,mqtt://b', 'the same user'],
  ['ws://a/mqtt,ws://b', 'the same user'],
])('%s is refused: %s', (text, reason) => {
  expect(brokerUrls.safeParse(text).error?.issues[0]?.message).toContain(reason);
});
