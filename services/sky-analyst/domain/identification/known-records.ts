import { SkyScanError } from '#shared/base/errors';
import type { OrbitalElements } from '#shared/sky/look';
import type { FrequencyRange } from '../frequency-range.ts';
import type { Emitter } from './emitters.ts';
import type { SatelliteFrequencies } from './satellites.ts';

/** What is known of the sky is kept in three sets. */
export const KNOWN_KINDS = ['elements', 'frequencies', 'emitters'] as const;
export type KnownKind = (typeof KNOWN_KINDS)[number];

/** Encoded records of each set. */
export type KnownBatches = Record<KnownKind, Uint8Array[]>;

/** Of the form below: others are refused. */
const VERSION = 1;
const BATCH_LENGTH = 262_144;

type ElementsRow = [
  name: string,
  id: string,
  epochMs: number,
  catalogueNumber: number,
  meanMotion: number,
  eccentricity: number,
  inclination: number,
  ascendingNode: number,
  pericenter: number,
  meanAnomaly: number,
  setNumber: number,
  bstar: number,
  motionDot: number,
  motionDoubleDot: number,
];

/** Elements as lists of numbers: a third of OMM. */
export function encodeElements(satellites: readonly OrbitalElements[]): Uint8Array[] {
  return batchesOf(
    satellites.map((of): ElementsRow => [
      of.OBJECT_NAME,
      of.OBJECT_ID,
      Date.parse(of.EPOCH),
      Number(of.NORAD_CAT_ID),
      Number(of.MEAN_MOTION),
      Number(of.ECCENTRICITY),
      Number(of.INCLINATION),
      Number(of.RA_OF_ASC_NODE),
      Number(of.ARG_OF_PERICENTER),
      Number(of.MEAN_ANOMALY),
      Number(of.ELEMENT_SET_NO),
      Number(of.BSTAR),
      Number(of.MEAN_MOTION_DOT),
      Number(of.MEAN_MOTION_DDOT),
    ]),
  );
}

/** Throws `invalid` for batches of another version. */
export function decodeElements(batches: readonly Uint8Array[]): OrbitalElements[] {
  return rowsOf<ElementsRow>(batches).map((row) => ({
    OBJECT_NAME: row[0],
    OBJECT_ID: row[1],
    EPOCH: new Date(row[2]).toISOString(),
    NORAD_CAT_ID: row[3],
    MEAN_MOTION: row[4],
    ECCENTRICITY: row[5],
    INCLINATION: row[6],
    RA_OF_ASC_NODE: row[7],
    ARG_OF_PERICENTER: row[8],
    MEAN_ANOMALY: row[9],
    ELEMENT_SET_NO: row[10],
    BSTAR: row[11],
    MEAN_MOTION_DOT: row[12],
    MEAN_MOTION_DDOT: row[13],
  }));
}

type FrequenciesRow = [catalogueNumber: number, ranges: FrequencyRange[]];

export function encodeFrequencies(ranges: SatelliteFrequencies): Uint8Array[] {
  return batchesOf([...ranges]);
}

/** Throws `invalid` for batches of another version. */
export function decodeFrequencies(batches: readonly Uint8Array[]): Map<number, FrequencyRange[]> {
  return new Map(rowsOf<FrequenciesRow>(batches));
}

export function encodeEmitters(emitters: readonly Emitter[]): Uint8Array[] {
  return batchesOf(emitters);
}

/** Throws `invalid` for batches of another version. */
export function decodeEmitters(batches: readonly Uint8Array[]): Emitter[] {
  return rowsOf<Emitter>(batches);
}

/** Batches of about 256 kB: JSON, which needs neither a schema nor a library. */
function batchesOf(rows: readonly unknown[]): Uint8Array[] {
  const batches: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let texts: string[] = [];
  let length = 0;
  const close = () => {
    if (texts.length > 0)
      batches.push(encoder.encode(`{"version":${VERSION},"records":[${texts.join(',')}]}`));
    [texts, length] = [[], 0];
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    texts.push(text);
    length += text.length;
    if (length >= BATCH_LENGTH) close();
  }
  close();
  return batches;
}

function rowsOf<Row>(batches: readonly Uint8Array[]): Row[] {
  const decoder = new TextDecoder();
  return batches.flatMap((batch) => {
    const { version, records } = parsed(decoder.decode(batch));
    if (version !== VERSION || !Array.isArray(records))
      throw new SkyScanError(
        'invalid',
        `records of the known sky have version ${String(version)}, not ${VERSION}: upload them again`,
      );
    return records as Row[];
  });
}

function parsed(text: string): { version?: unknown; records?: unknown } {
  try {
    return JSON.parse(text) as { version?: unknown; records?: unknown };
  } catch {
    return {};
  }
}
