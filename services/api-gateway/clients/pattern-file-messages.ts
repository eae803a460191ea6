import {
  PatternFileFormat as FormatMessage,
  type MeasurePatternFileRequest,
  type MeasurePatternFileResponse,
} from '#proto/pattern';
import type { AntennaPattern } from '#contract/rest/patterns';
import type { PatternFileFormat } from '#shared/pattern/pattern-file-formats';
import { planesFrom, required } from './pattern-messages.ts';

/** The pattern of a file; its figures have no standard deviations. */
export interface FilePattern extends Pick<AntennaPattern, 'first_null_deg' | 'side_lobe_db' | 'cuts'> {
  /** Of the antenna; empty: the file has none. */
  name: string;
  hpbw_deg: Pick<AntennaPattern['hpbw_deg'], 'azimuth' | 'elevation'>;
  /** Undefined: not in the file. */
  frontToBackDb: number | undefined;
  worstFrontToBackDb: number | undefined;
  gainDbi: number | undefined;
}

const FORMATS: Record<PatternFileFormat, FormatMessage> = {
  msi: FormatMessage.PATTERN_FILE_FORMAT_MSI,
  nsma: FormatMessage.PATTERN_FILE_FORMAT_NSMA,
  nec: FormatMessage.PATTERN_FILE_FORMAT_NEC,
};

export async function* patternFileRequests(
  format: PatternFileFormat,
  file: AsyncIterable<Buffer>,
): AsyncGenerator<MeasurePatternFileRequest> {
  yield { content: { $case: 'format', value: FORMATS[format] } };
  for await (const value of file) yield { content: { $case: 'chunk', value } };
}

export function filePatternFrom(message: MeasurePatternFileResponse): FilePattern {
  return {
    name: message.name,
    ...planesFrom(required(message.azimuth), required(message.elevation)),
    frontToBackDb: message.frontToBack,
    worstFrontToBackDb: message.frontToBackWorst,
    gainDbi: message.gainDbi,
  };
}
