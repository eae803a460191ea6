import { SkyScanError } from '../base/errors.ts';
import { readMsi } from './msi.ts';
import { readNec } from './nec.ts';
import { readNsma } from './nsma.ts';
import type { PatternCuts } from './pattern-cuts.ts';
import type { PatternFileFormat } from './pattern-file-formats.ts';

const NAMES: Record<PatternFileFormat, string> = { msi: 'MSI', nsma: 'NSMA', nec: 'NEC' };
const READERS: Record<PatternFileFormat, (text: string) => PatternCuts> = {
  msi: readMsi,
  nsma: readNsma,
  nec: readNec,
};

/** A reason may quote a line of the file. */
const MAX_REASON = 300;

/** Reads a file of UTF-8. Throws `invalid` with the format and what does not fit. */
export function readPatternFile(format: PatternFileFormat, bytes: Uint8Array): PatternCuts {
  const refused = (reason: string, cause: unknown) =>
    new SkyScanError(
      'invalid',
      `this is not a file in the format ${NAMES[format]}: ${reason.slice(0, MAX_REASON)}`,
      { cause },
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refused('its text is not UTF-8', error);
  }
  try {
    return READERS[format](text);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
}
