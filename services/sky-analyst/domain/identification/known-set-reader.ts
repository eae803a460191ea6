import { SkyScanError } from '#shared/base/errors';
import type { OrbitalElements } from '#shared/sky/look';
import { createElementsReader, MAX_RECORDS, type ElementsReader } from './elements-reader.ts';
import { readEmitters } from './emitters.ts';
import { createFrequenciesReader } from './frequencies-reader.ts';
import { encodeElements, encodeEmitters, encodeFrequencies, type KnownKind } from './known-records.ts';

/** A set of known objects, encoded. */
export interface KnownSet {
  batches: Uint8Array[];
  /** Satellites or emitters. */
  count: number;
  /** Records that are not used, and what is wrong with the first one. */
  skipped: number;
  firstReason: string | undefined;
  /** Of orbital elements, Unix time in milliseconds. */
  oldestEpochMs: number | undefined;
  newestEpochMs: number | undefined;
}

/**
 * Reads a set in chunks of UTF-8. Throws `no_room` as soon as a limit is exceeded, and `invalid`
 * for a set without a usable record.
 */
export interface KnownSetReader {
  push(chunk: Uint8Array): void;
  /** The next chunk begins another file, whose records are added; only for elements. */
  nextFile(): void;
  finish(): KnownSet;
}

const MIB = 2 ** 20;
const MAX_BYTES: Record<KnownKind, number> = {
  elements: 64 * MIB,
  frequencies: 32 * MIB,
  emitters: 16 * MIB,
};
const NAMES: Record<KnownKind, string> = {
  elements: 'orbital elements',
  frequencies: 'frequencies of satellites',
  emitters: 'emitters',
};

type Parser = Omit<KnownSetReader, 'push'> & { push(text: string): void };

export function createKnownSetReader(kind: KnownKind): KnownSetReader {
  const parser = PARSERS[kind]();
  let decoder = new TextDecoder();
  let bytes = 0;
  return {
    push(chunk) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES[kind])
        throw new SkyScanError('no_room', `${NAMES[kind]}: more than ${MAX_BYTES[kind] / MIB} MiB`);
      parser.push(decoder.decode(chunk, { stream: true }));
    },
    nextFile() {
      parser.push(decoder.decode());
      decoder = new TextDecoder();
      parser.nextFile();
    },
    finish() {
      parser.push(decoder.decode());
      return parser.finish();
    },
  };
}

const PARSERS: Record<KnownKind, () => Parser> = {
  elements: elementsParser,
  frequencies: frequenciesParser,
  emitters: emittersParser,
};

/** Of several elements of one satellite, the newest are kept. */
function elementsParser(): Parser {
  const newest = new Map<number, OrbitalElements>();
  let records = 0;
  let skipped = 0;
  let firstReason: string | undefined;
  let reader: ElementsReader = createElementsReader();
  function collect(): void {
    const found = reader.finish();
    records += found.satellites.length + found.skipped;
    if (records > MAX_RECORDS)
      throw new SkyScanError('no_room', `orbital elements: more than ${MAX_RECORDS} records`);
    skipped += found.skipped;
    firstReason ??= found.firstReason;
    for (const elements of found.satellites) {
      const number = Number(elements.NORAD_CAT_ID);
      const known = newest.get(number);
      if (!known || known.EPOCH < elements.EPOCH) newest.set(number, elements);
    }
  }
  return {
    push: (text) => reader.push(text),
    nextFile() {
      collect();
      reader = createElementsReader();
    },
    finish() {
      collect();
      const satellites = [...newest.values()];
      requireSome('elements', satellites.length, firstReason);
      const epochs = satellites.map(({ EPOCH }) => Date.parse(EPOCH));
      return {
        batches: encodeElements(satellites),
        count: satellites.length,
        skipped,
        firstReason,
        oldestEpochMs: epochs.reduce((a, b) => Math.min(a, b)),
        newestEpochMs: epochs.reduce((a, b) => Math.max(a, b)),
      };
    },
  };
}

function frequenciesParser(): Parser {
  const reader = createFrequenciesReader();
  return {
    push: (text) => reader.push(text),
    nextFile: () => undefined,
    finish() {
      const { ranges, skipped, firstReason } = reader.finish();
      requireSome('frequencies', ranges.size, firstReason);
      return {
        batches: encodeFrequencies(ranges),
        count: ranges.size,
        skipped,
        firstReason,
        ...NO_EPOCHS,
      };
    },
  };
}

function emittersParser(): Parser {
  const texts: string[] = [];
  return {
    push: (text) => void texts.push(text),
    nextFile: () => undefined,
    finish() {
      const emitters = readEmitters(jsonOf(texts.join('')));
      return {
        batches: encodeEmitters(emitters),
        count: emitters.length,
        skipped: 0,
        firstReason: undefined,
        ...NO_EPOCHS,
      };
    },
  };
}

const NO_EPOCHS = { oldestEpochMs: undefined, newestEpochMs: undefined };

function requireSome(kind: KnownKind, count: number, firstReason: string | undefined): void {
  if (count > 0) return;
  throw new SkyScanError('invalid', `${NAMES[kind]}: no usable record; ${firstReason ?? 'none was found'}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SkyScanError(
      'invalid',
      `emitters: not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    );
  }
}
