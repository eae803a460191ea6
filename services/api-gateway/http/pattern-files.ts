import type { AntennaPattern, PatternFile } from '#contract/rest/patterns';
import { writeMsi } from '#shared/pattern/msi';
import { writeNsma } from '#shared/pattern/nsma';
import { wholeDegrees, type PatternCuts, type PatternFacts } from '#shared/pattern/pattern-cuts';
import { writeSplatAzimuth, writeSplatElevation } from '#shared/pattern/splat';
import type { SessionRow } from '../store/sessions.ts';
import { CSV_TYPE } from './csv.ts';
import { tableCsv, type Cell } from './source-formats.ts';

interface FileFacts {
  /** Of the antenna. */
  name: string;
  /** UTC. */
  date: string | undefined;
  /** To assume at angles that were not measured; undefined: they must all be measured. */
  fillDb: number | undefined;
  polarization: 'h' | 'v';
}

/** The name of a measured antenna. */
export function patternName({ id, rotor }: SessionRow): string {
  return `${rotor.name}, scan ${id}`;
}

/** A pattern as a file. Throws `wrong_state` if the format needs angles that were not measured. */
export function patternFile(
  kind: PatternFile,
  pattern: AntennaPattern,
  facts: FileFacts,
): { contentType: string; text: string } {
  if (kind === 'csv') return { contentType: CSV_TYPE.contentType, text: cutsCsv(pattern) };
  const cuts = cutsOf(pattern, facts);
  const { hpbw_deg, front_to_back_db } = pattern;
  const known: PatternFacts = {
    azimuthWidthDeg: hpbw_deg.azimuth?.value,
    elevationWidthDeg: hpbw_deg.elevation?.value,
    frontToBackDb: front_to_back_db.opposite?.value,
    date: facts.date,
    polarization: facts.polarization === 'h' ? 'H' : 'V',
  };
  const writers = {
    msi: () => writeMsi(cuts, known),
    nsma: () => writeNsma(cuts, known),
    'splat.az': () => writeSplatAzimuth(cuts),
    'splat.el': () => writeSplatElevation(cuts),
  };
  return { contentType: 'text/plain; charset=utf-8', text: writers[kind]() };
}

function cutsOf(pattern: AntennaPattern, { name, fillDb }: FileFacts): PatternCuts {
  const { cuts, directivity_dbi, frequency_hz } = pattern;
  const cut = (plane: 'azimuth' | 'elevation') =>
    wholeDegrees(
      plane,
      cuts[plane].map(({ angle_deg, gain_db }) => ({ angleDeg: angle_deg, gainDb: gain_db })),
      fillDb,
    );
  return {
    name,
    azimuthDb: cut('azimuth'),
    elevationDb: cut('elevation'),
    // An upper bound is not a gain.
    gainDbi: directivity_dbi.is_upper_bound ? undefined : directivity_dbi.value,
    frequencyMhz: frequency_hz / 1e6,
  };
}

type CutRow = AntennaPattern['cuts']['azimuth'][number] & { plane: string };

const COLUMNS: Record<string, (row: CutRow) => Cell> = {
  plane: ({ plane }) => plane,
  angle_deg: ({ angle_deg }) => angle_deg,
  gain_db: ({ gain_db }) => Number(gain_db.toFixed(3)),
  sigma_db: ({ sigma_db }) => Number(sigma_db.toFixed(3)),
};

function cutsCsv({ cuts }: AntennaPattern): string {
  const rows = (['azimuth', 'elevation'] as const).flatMap((plane) =>
    cuts[plane].map((point) => ({ plane, ...point })),
  );
  return tableCsv(COLUMNS, rows);
}
