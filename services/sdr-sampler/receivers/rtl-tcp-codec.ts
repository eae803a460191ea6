import { SkyScanError } from '#shared/base/errors';
import { knownTuner, TUNER_NAMES, tunerOfType, type Tuner, type TunerName } from './tuners.ts';

/** Properties of a server that is not detected correctly. */
export interface Expected {
  /** Overrides the tuner that the server reports. */
  tuner?: TunerName | undefined;
  /** First four characters of its header. */
  header?: string | undefined;
}

const HEADER = 'RTL0';
/**
 * SDRplay's rsp_tcp in extended mode sends this instead of the header or after it, followed by
 * 16-bit samples.
 */
export const EXTENDED_HEADER = 'RSP0';

/** Length of the rtl_tcp header. */
export const HEADER_BYTES = 12;

/**
 * Reads the header. Throws `unavailable` when the peer is not an rtl_tcp server or has an unknown
 * tuner.
 */
export function decodeHeader(header: Buffer, expected: Expected = {}): Tuner {
  const word = header.toString('latin1', 0, 4);
  if (word === EXTENDED_HEADER) throw new SkyScanError('unavailable', EXTENDED_MODE);
  if (word !== HEADER && word !== expected.header) {
    const readable = /^[\x21-\x7e]{4}$/.test(word);
    throw new SkyScanError(
      'unavailable',
      'peer is not an rtl_tcp server' +
        (readable ? ` (its header begins with ${word}; if it is one, add header=${word} in RECEIVERS)` : ''),
    );
  }
  const type = header.readUInt32BE(4);
  const known = expected.tuner ? knownTuner(expected.tuner) : tunerOfType(type);
  if (!known)
    throw new SkyScanError(
      'unavailable',
      `rtl_tcp has a tuner of unknown type ${type}; name it in RECEIVERS: tuner=${TUNER_NAMES.join(', tuner=')}`,
    );
  return known;
}

/** Error message for a server in extended mode. */
export const EXTENDED_MODE =
  'rsp_tcp is in extended mode (header RSP0) and sends samples of 16 bits; Sky Scan reads 8 bits. Start rsp_tcp without -E';

/** Encodes a command: one byte and a big-endian 32-bit number. */
export function encodeCommand(
  command:
    | { kind: 'frequency'; hz: number }
    | { kind: 'rate'; hz: number }
    | { kind: 'manual_gain' }
    | { kind: 'gain'; db: number }
    | { kind: 'correction'; ppm: number }
    | { kind: 'test_mode_off' }
    | { kind: 'agc_off' }
    | { kind: 'direct_sampling_off' }
    | { kind: 'offset_tuning_off' }
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
    case 'test_mode_off':
      return frame(0x07, 0);
    case 'agc_off':
      return frame(0x08, 0);
    case 'direct_sampling_off':
      return frame(0x09, 0);
    case 'offset_tuning_off':
      return frame(0x0a, 0);
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
