import {
  PatternFileFormat as FormatMessage,
  type MeasurePatternFileRequest,
  type MeasurePatternFileResponse,
} from '#proto/pattern';
import { SkyScanError } from '#shared/base/errors';
import { PATTERN_FILE_MAX_BYTES, type PatternFileFormat } from '#shared/pattern/pattern-file-formats';
import type { CutsFigures } from '../domain/pattern/measure-cuts.ts';
import { planeToWire } from './pattern-messages.ts';

const FORMATS = new Map<FormatMessage | undefined, PatternFileFormat>([
  [FormatMessage.PATTERN_FILE_FORMAT_MSI, 'msi'],
  [FormatMessage.PATTERN_FILE_FORMAT_NSMA, 'nsma'],
  [FormatMessage.PATTERN_FILE_FORMAT_NEC, 'nec'],
]);

/** The file of a stream of requests. Throws `invalid`, and `no_room` as soon as it is too large. */
export async function patternFileFrom(
  requests: AsyncIterable<MeasurePatternFileRequest>,
): Promise<{ format: PatternFileFormat; bytes: Uint8Array }> {
  let format: PatternFileFormat | undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const { content } of requests) {
    if (!format) {
      format = FORMATS.get(content?.$case === 'format' ? content.value : undefined);
      if (!format) throw new SkyScanError('invalid', 'the first message must have a known `format`');
    } else if (content?.$case === 'chunk') {
      size += content.value.length;
      if (size > PATTERN_FILE_MAX_BYTES)
        throw new SkyScanError('no_room', `the file is larger than ${PATTERN_FILE_MAX_BYTES / 2 ** 20} MiB`);
      chunks.push(content.value);
    } else throw new SkyScanError('invalid', `expected a chunk, not ${content?.$case ?? 'nothing'}`);
  }
  if (!format) throw new SkyScanError('invalid', 'a format and a file are needed');
  return { format, bytes: new Uint8Array(Buffer.concat(chunks)) };
}

export function patternFileToWire(figures: CutsFigures): MeasurePatternFileResponse {
  const { name, azimuth, elevation, frontToBackDb, gainDbi, frequencyMhz } = figures;
  return {
    name,
    azimuth: planeToWire(azimuth),
    elevation: planeToWire(elevation),
    frontToBack: frontToBackDb.opposite,
    frontToBackWorst: frontToBackDb.worst,
    gainDbi,
    frequencyMhz,
  };
}
