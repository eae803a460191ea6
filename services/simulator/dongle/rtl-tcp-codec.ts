import { R820T_GAINS_DB, type DongleCommand } from '../engine/dongle.ts';

/** A command is one byte and a big-endian 32-bit number. */
export const COMMAND_BYTES = 5;

/** Tuner type of the header. */
const R820T = 5;

/** The header that rtl_tcp sends first: magic, tuner type, number of gains. */
export function encodeHeader(): Buffer {
  const header = Buffer.alloc(12);
  header.write('RTL0', 'latin1');
  header.writeUInt32BE(R820T, 4);
  header.writeUInt32BE(R820T_GAINS_DB.length, 8);
  return header;
}

/** Decodes the command at an offset. */
export function decodeCommand(bytes: Buffer, offset: number): DongleCommand {
  const code = bytes.readUInt8(offset);
  const value = bytes.readUInt32BE(offset + 1);
  switch (code) {
    case 0x01:
      return { kind: 'frequency', hz: value };
    case 0x02:
      return { kind: 'rate', hz: value };
    case 0x03:
      return { kind: 'gain_mode', manual: value !== 0 };
    case 0x04:
      return { kind: 'gain', db: (value | 0) / 10 };
    case 0x0d:
      return { kind: 'gain_index', index: value };
    default:
      return { kind: 'other', code, value };
  }
}
