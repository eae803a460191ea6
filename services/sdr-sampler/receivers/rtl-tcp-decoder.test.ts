import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtlTcpDecoder } from './rtl-tcp-decoder.ts';

/** The header of a server with an R820T. */
const HEADER = [...Buffer.from('RTL0'), 0, 0, 0, 5, 0, 0, 0, 29];

/** Passes the bytes in pieces; returns what they contain. */
function decode(bytes: readonly number[], lengths: readonly number[]) {
  const decoder = new RtlTcpDecoder({});
  const tuners: string[] = [];
  const samples: number[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const decoded = decoder.push(Uint8Array.from(bytes.slice(at, at + length)));
    at = Math.min(bytes.length, at + length);
    if (decoded.tuner) tuners.push(decoded.tuner.name);
    for (const block of decoded.samples) {
      expect(block.length % 2).toBe(0);
      samples.push(...block);
    }
  }
  return { tuners, samples, hasHeader: decoder.hasHeader };
}

test('a header and samples are decoded, whatever the pieces in which they arrive', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(60), { maxLength: 30 }),
      fc.array(fc.nat(9), { maxLength: 20 }),
      (bytes, lengths) => {
        const { tuners, samples, hasHeader } = decode([...HEADER, ...bytes], lengths);
        expect(tuners).toEqual(['R820T']);
        expect(hasHeader).toBe(true);
        // The first four bytes may be another header.
        expect(samples).toEqual(bytes.length < 4 ? [] : bytes.slice(0, bytes.length & ~1));
      },
    ),
  );
});

test('part of a header has no tuner', () => {
  expect(decode(HEADER.slice(0, 11), [5])).toEqual({ tuners: [], samples: [], hasHeader: false });
});

test.each([
  ['another server', [...Buffer.from('SSH-2.0-Open')]],
  ['a second header with the samples of another format', [...HEADER, ...Buffer.from('RSP0')]],
])('%s is refused', (_, bytes) => {
  expect(() => decode(bytes, [3, 10])).toThrow(expect.objectContaining({ kind: 'unavailable' }));
});
