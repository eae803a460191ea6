import { SkyScanError } from '#shared/base/errors';
import type { OrbitalElements } from '#shared/sky/look';
import { createLineParser, createObjectParser } from './element-records.ts';
import type { RecordParser } from './json-objects.ts';

export interface Elements {
  satellites: OrbitalElements[];
  /** Records that are not elements, and what is wrong with the first one. */
  skipped: number;
  firstReason: string | undefined;
}

/** Reads elements in chunks of text. Throws `no_room` as soon as a limit is exceeded. */
export interface ElementsReader {
  push(chunk: string): void;
  finish(): Elements;
}

const MAX_BYTES = 64 * 1024 * 1024;
export const MAX_RECORDS = 100_000;

/**
 * Reads OMM as JSON or CSV (CCSDS 502.0-B-3), and TLE with Alpha-5 numbers; the first character
 * or line tells which. Keeps one record in memory besides the elements.
 */
export function createElementsReader(): ElementsReader {
  const found: Elements = { satellites: [], skipped: 0, firstReason: undefined };
  let parser: RecordParser | undefined;
  let begin = '';
  let bytes = 0;
  const accept = (record: OrbitalElements | string) => {
    if (typeof record === 'string') {
      found.skipped++;
      found.firstReason ??= record;
    } else found.satellites.push(record);
    const records = found.satellites.length + found.skipped;
    if (records > MAX_RECORDS)
      throw new SkyScanError('no_room', `orbital elements: more than ${MAX_RECORDS} records`);
  };
  return {
    push(chunk) {
      bytes += utf8Length(chunk);
      if (bytes > MAX_BYTES)
        throw new SkyScanError(
          'no_room',
          `orbital elements: ${(bytes / 2 ** 20).toFixed(1)} MiB are more than ${MAX_BYTES / 2 ** 20} MiB`,
        );
      if (!parser) {
        begin = (begin + chunk).trimStart();
        if (begin === '') return;
        parser = /^[[{]/.test(begin) ? createObjectParser(accept) : createLineParser(accept);
        parser.push(begin);
      } else parser.push(chunk);
    },
    finish() {
      parser?.finish();
      return found;
    },
  };
}

/** All elements of a text. */
export function readElements(text: string): Elements {
  const reader = createElementsReader();
  reader.push(text);
  return reader.finish();
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
