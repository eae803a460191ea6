/** Formats of a pattern that can be read. */
export const PATTERN_FILE_FORMATS = ['msi', 'nsma', 'nec'] as const;
export type PatternFileFormat = (typeof PATTERN_FILE_FORMATS)[number];

/** A table of NEC with steps of 1 degree has 8 MB. */
export const PATTERN_FILE_MAX_BYTES = 16 * 2 ** 20;
