import { expect, test } from 'vitest';
import { createPacketGuard } from './packet-guard.ts';

const publish = (bytes: number) => {
  const length: number[] = [];
  for (let rest = bytes; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bytes, 0xff)]);
};

test.each([0, 1, 127, 128, 16_383, 16_384, 20_000])(
  'a packet of %d bytes passes, however it is split into chunks',
  (bytes) => {
    for (const piece of [1, 2, 3, 1_000, 1e6]) {
      const accepts = createPacketGuard(20_000);
      const stream = Buffer.concat([publish(bytes), publish(2), publish(bytes)]);
      for (let at = 0; at < stream.length; at += piece)
        expect(accepts(stream.subarray(at, at + piece))).toBe(true);
    }
  },
);

test('a packet that is too large is refused at its header, also after others', () => {
  const accepts = createPacketGuard(20_000);
  expect(accepts(publish(20_000))).toBe(true);
  expect(accepts(publish(20_001).subarray(0, 4))).toBe(false);
});

test('a length of more than four bytes is refused', () => {
  expect(createPacketGuard(1e9)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
});
