/** Values of one statistic for some points and channels, as codes (`codeOf`). */
export interface CodeChunk {
  /** Of the first point; the others follow without gaps. */
  firstSeq: number;
  points: number;
  firstChannel: number;
  channels: number;
  /** All channels of the first point, then those of the next one. */
  codes: Int16Array;
}
