/** The parts of a receiver that rtl_tcp's commands reach; other commands are taken and mean nothing here. */
export type RtlTcpCommand =
  | { kind: 'frequency'; hz: number }
  | { kind: 'rate'; hz: number }
  | { kind: 'gain_mode'; manual: boolean }
  | { kind: 'gain'; db: number }
  | { kind: 'gain_index'; index: number }
  | { kind: 'other'; code: number; value: number };

/** Every command is one byte and a big-endian 32-bit number. */
export const COMMAND_BYTES = 5;

/** Tuner type of the header. */
const R820T = 5;

/** Gains of the R820T, dB (librtlsdr, rtlsdr_get_tuner_gains). */
export const R820T_GAINS_DB = [
  0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28, 29.7, 32.8, 33.8, 36.4,
  37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48, 49.6,
];

/** What rtl_tcp says first: magic, tuner type, number of gains. */
export function encodeHeader(): Buffer {
  const header = Buffer.alloc(12);
  header.write('RTL0', 'latin1');
  header.writeUInt32BE(R820T, 4);
  header.writeUInt32BE(R820T_GAINS_DB.length, 8);
  return header;
}

/** Reads the command that starts at an offset. */
export function decodeCommand(bytes: Buffer, offset: number): RtlTcpCommand {
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
