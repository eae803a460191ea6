import { describe, expect, test } from 'vitest';
import { decodeHeader } from './rtl-tcp-codec.ts';

function headerOf(word: string, type: number): Buffer {
  const header = Buffer.alloc(12);
  header.write(word, 'latin1');
  header.writeUInt32BE(type, 4);
  return header;
}

describe('the header of a server', () => {
  test('names the tuner', () => {
    expect(decodeHeader(headerOf('RTL0', 5)).name).toBe('R820T');
  });

  test.each([
    ['RTL0', 0, /unknown type 0; name it in RECEIVERS: tuner=E4000, tuner=FC0012/],
    ['RTL0', 4_294_967_295, /unknown type 4294967295/],
    ['SDR1', 5, /its header begins with SDR1; if it is one, add header=SDR1 in RECEIVERS/],
    ['\x00\x00\x00\x00', 5, /^peer is not an rtl_tcp server$/],
    ['RSP0', 5, /samples of 16 bits; Sky Scan reads 8 bits. Start rsp_tcp without -E/],
  ])('%j with tuner type %d is refused with the action to take', (word, type, message) => {
    expect(() => decodeHeader(headerOf(word, type))).toThrow(message);
  });

  test('is overridden by the configuration, except for 16-bit samples', () => {
    expect(decodeHeader(headerOf('RTL0', 99), { tuner: 'E4000' }).name).toBe('E4000');
    expect(decodeHeader(headerOf('SDR1', 5), { header: 'SDR1' }).name).toBe('R820T');
    expect(() => decodeHeader(headerOf('SDR2', 5), { header: 'SDR1' })).toThrow('not an rtl_tcp server');
    expect(() => decodeHeader(headerOf('RSP0', 5), { header: 'RSP0' })).toThrow('16 bits');
  });
});
