import { crc32 } from 'node:zlib';

/** Replaces a value whose checksum is wrong. */
export const DAMAGED = Symbol('damaged');

/**
 * JSON with a CRC-32 prefix: `#1c291ca3{...}`. LevelDB checks its log but not its tables, so a
 * flipped bit there would change a stored level. Values of version 1 have no checksum.
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
