import { SkyScanError } from '#shared/errors';

/** Bytes that rtl_tcp sends first. */
export const HEADER_BYTES = 12;

/** A tuner as librtlsdr knows it: its range, and its gains in dB (rtlsdr_get_tuner_gains). */
export interface Tuner {
  name: string;
  lowestHz: number;
  highestHz: number;
  gainsDb: readonly number[];
}

const R82XX_GAINS_DB = [
  0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28, 29.7, 32.8, 33.8, 36.4,
  37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48, 49.6,
];

const TUNERS: Record<number, Tuner> = {
  1: tuner('E4000', 52, 2_200, [-1, 1.5, 4, 6.5, 9, 11.5, 14, 16.5, 19, 21.5, 24, 29, 34, 42]),
  2: tuner('FC0012', 22, 948.6, [-9.9, -4, 7.1, 17.9, 19.2]),
  3: tuner(
    'FC0013',
    22,
    1_100,
    [
      -9.9, -7.3, -6.5, -6.3, -6, -5.8, -5.4, 5.8, 6.1, 6.3, 6.5, 6.7, 6.8, 7, 7.1, 17.9, 18.1, 18.2, 18.4,
      18.6, 18.8, 19.1, 19.7,
    ],
  ),
  4: tuner('FC2580', 146, 924, [0]),
  5: tuner('R820T', 24, 1_766, R82XX_GAINS_DB),
  6: tuner('R828D', 24, 1_766, R82XX_GAINS_DB),
};

function tuner(name: string, lowestMhz: number, highestMhz: number, gainsDb: readonly number[]): Tuner {
  return { name, lowestHz: lowestMhz * 1e6, highestHz: highestMhz * 1e6, gainsDb };
}

/** Reads the header. Throws `unavailable` when the peer is no rtl_tcp or has a tuner that nobody knows. */
export function decodeHeader(header: Buffer): Tuner {
  if (header.toString('latin1', 0, 4) !== 'RTL0')
    throw new SkyScanError('unavailable', 'peer is not an rtl_tcp server');
  const type = header.readUInt32BE(4);
  const known = TUNERS[type];
  if (!known) throw new SkyScanError('unavailable', `rtl_tcp has a tuner of unknown type ${type}`);
  return known;
}

/** One command: a byte and a big-endian 32-bit number. */
export function encodeCommand(
  command:
    | { kind: 'frequency'; hz: number }
    | { kind: 'rate'; hz: number }
    | { kind: 'manual_gain' }
    | { kind: 'gain'; db: number }
    | { kind: 'correction'; ppm: number }
    | { kind: 'agc_off' },
): Buffer {
  switch (command.kind) {
    case 'frequency':
      return frame(0x01, Math.round(command.hz));
    case 'rate':
      return frame(0x02, Math.round(command.hz));
    case 'manual_gain':
      return frame(0x03, 1);
    case 'gain':
      return frame(0x04, Math.round(command.db * 10));
    case 'correction':
      return frame(0x05, command.ppm);
    case 'agc_off':
      return frame(0x08, 0);
  }
}

function frame(code: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(code, 0);
  bytes.writeInt32BE(value | 0, 1);
  return bytes;
}
