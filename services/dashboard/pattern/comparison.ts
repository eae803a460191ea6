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
  warnings: { code: string; message: string }[];
}

const FIGURES: Record<string, string> = {
  hpbw: 'Half-power width',
  first_null: 'First null',
  side_lobe: 'First side lobe',
  side_lobe_angle: 'Angle of the side lobe',
  front_to_back: 'Front to back',
  directivity: 'Directivity',
};
const WHERE: Record<string, string> = {
  azimuth: 'azimuth',
  elevation: 'elevation',
  opposite: 'opposite',
  worst: 'worst within 30°',
  azimuth_before: 'left',
  azimuth_after: 'right',
  elevation_before: 'below',
  elevation_after: 'above',
};

/** The name of a figure for people: `hpbw_azimuth` is the half-power width in azimuth. */
export function figureName(name: string): string {
  for (const [figure, text] of Object.entries(FIGURES)) {
    const where = WHERE[name.slice(figure.length + 1)];
    if (name === figure) return text;
    if (name.startsWith(`${figure}_`) && where !== undefined) return `${text}, ${where}`;
  }
  return name.replaceAll('_', ' ');
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
