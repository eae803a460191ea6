import { crc32 } from 'node:zlib';

/** In place of a value whose bytes are not what was written. */
export const DAMAGED = Symbol('damaged');

/**
 * JSON with a checksum in front: `#1c291ca3{...}`, CRC-32 in hexadecimal. LevelDB checks its log
 * but not the tables it makes of it: a bit that tips over there would be a level that nobody has
 * measured. Values without a checksum are those of version 1.
 */
export const checkedJson = {
  name: 'checked-json',
  format: 'utf8' as const,
  encode(value: unknown): string {
    const json = JSON.stringify(value);
    return `#${checksum(json)}${json}`;
  },
  decode(text: string): unknown {
    const checked = text.startsWith('#');
    const json = checked ? text.slice(9) : text;
    if (checked && text.slice(1, 9) !== checksum(json)) return DAMAGED;
    try {
      return JSON.parse(json);
    } catch {
      return DAMAGED;
    }
  },
};

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
