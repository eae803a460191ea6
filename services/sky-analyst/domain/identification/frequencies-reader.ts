import { SkyScanError } from '#shared/base/errors';
import type { FrequencyRange } from '../frequency-range.ts';
import { createObjectSplitter } from './json-objects.ts';

/** Frequencies of satellites by catalogue number. */
export interface Frequencies {
  ranges: Map<number, FrequencyRange[]>;
  /** Transmitters that are not used, and why the first one is not. */
  skipped: number;
  firstReason: string | undefined;
}

export interface FrequenciesReader {
  push(chunk: string): void;
  finish(): Frequencies;
}

const MAX_TRANSMITTERS = 200_000;
/** Of one satellite. */
const MAX_RANGES = 64;
const MAX_HZ = 1e12;

/**
 * Reads a JSON list of transmitters as SatNOGS DB exports it (`norad_cat_id`, `downlink_low`,
 * `downlink_high`, `alive`, `status`), or of `catalogue_number`, `from_hz` and `to_hz`. Inactive
 * ones and those without downlink are skipped. Throws `no_room` for more than 200,000.
 */
export function createFrequenciesReader(): FrequenciesReader {
  const found: Frequencies = { ranges: new Map(), skipped: 0, firstReason: undefined };
  let transmitters = 0;
  const count = () => {
    if (++transmitters > MAX_TRANSMITTERS)
      throw new SkyScanError(
        'no_room',
        `frequencies of satellites: more than ${MAX_TRANSMITTERS} transmitters`,
      );
  };
  const skip = (reason: string) => {
    count();
    found.skipped++;
    found.firstReason ??= reason;
  };
  const splitter = createObjectSplitter((text) => {
    const read = rangeOf(text);
    if (typeof read === 'string') {
      skip(read);
      return;
    }
    const ranges = found.ranges.get(read.catalogueNumber) ?? [];
    if (ranges.length >= MAX_RANGES) {
      skip(`satellite ${read.catalogueNumber} has more than ${MAX_RANGES} frequencies`);
      return;
    }
    count();
    ranges.push(read.range);
    found.ranges.set(read.catalogueNumber, ranges);
  }, skip);
  return {
    push: (chunk) => splitter.push(chunk),
    finish() {
      splitter.finish();
      return found;
    },
  };
}

/** The range of a transmitter, or why it has none. */
function rangeOf(text: string): { catalogueNumber: number; range: FrequencyRange } | string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    return error instanceof Error ? error.message : 'not JSON';
  }
  const number = fields['norad_cat_id'] ?? fields['catalogue_number'];
  const catalogueNumber = Number(number ?? NaN);
  if (!Number.isInteger(catalogueNumber) || catalogueNumber < 1 || catalogueNumber > 999_999_999)
    return `norad_cat_id ${String(number).slice(0, 40)} is outside 1..999999999`;
  const of = `a transmitter of satellite ${catalogueNumber}`;
  const { alive, status } = fields;
  if (alive === false || (typeof status === 'string' && status !== 'active')) return `${of} is not active`;
  const low = fields['downlink_low'] ?? fields['from_hz'] ?? null;
  if (low === null) return `${of} has no downlink`;
  const fromHz = Number(low);
  const toHz = Number(fields['downlink_high'] ?? fields['to_hz'] ?? low);
  if (!(fromHz > 0 && toHz >= fromHz && toHz <= MAX_HZ))
    return `${of}: ${fromHz}..${toHz} Hz is not a range within 0..${MAX_HZ} Hz`;
  return { catalogueNumber, range: { fromHz, toHz } };
}
