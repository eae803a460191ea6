interface ComparedFigure {
  value: number;
  sigma: number | null;
}

/** A figure of two patterns; null: not measured. */
export interface FigurePair {
  name: string;
  unit: string;
  first: ComparedFigure | null;
  second: ComparedFigure | null;
  difference: ComparedFigure | null;
}

/** An angle of two cuts, dB relative to the peak of each; null: not measured. */
export interface ComparedPoint {
  angle_deg: number;
  first_db: number | null;
  second_db: number | null;
  difference_db: number | null;
}

/** Answer of `/pattern/comparison`. */
export interface PatternComparison {
  first: { name: string };
  second: { name: string };
  figures: FigurePair[];
  cuts: { azimuth: ComparedPoint[]; elevation: ComparedPoint[] };
}

/** Formats of files that can be compared. */
export const FILE_FORMATS = ['msi', 'nsma', 'nec'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const EXTENSIONS: Record<string, FileFormat> = {
  msi: 'msi',
  pln: 'msi',
  nsma: 'nsma',
  nsm: 'nsma',
  adf: 'nsma',
  out: 'nec',
  nec: 'nec',
};

/** The format by the extension of a file; undefined: another one. */
export function formatOfFile(name: string): FileFormat | undefined {
  return EXTENSIONS[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
}
