import { SkyScanError } from '#shared/errors';
import { tunerOfType, type Tuner } from './tuners.ts';

/** Bytes that rtl_tcp sends first. */
export const HEADER_BYTES = 12;

/** Reads the header. Throws `unavailable` when the peer is no rtl_tcp or has a tuner that nobody knows. */
export function decodeHeader(header: Buffer): Tuner {
  if (header.toString('latin1', 0, 4) !== 'RTL0')
    throw new SkyScanError('unavailable', 'peer is not an rtl_tcp server');
  const type = header.readUInt32BE(4);
  const known = tunerOfType(type);
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
    | { kind: 'agc_off' }
    | { kind: 'bias_tee'; on: boolean },
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
      return frame(0x05, Math.round(command.ppm));
    case 'agc_off':
      return frame(0x08, 0);
    case 'bias_tee':
      return frame(0x0e, command.on ? 1 : 0);
  }
}

function frame(code: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(code, 0);
  bytes.writeInt32BE(value | 0, 1);
  return bytes;
}
