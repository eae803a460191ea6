import { SkyScanError } from '../base/errors.ts';
import { CUT_POINTS, oneLine, type PatternCuts, type PatternFacts } from './pattern-cuts.ts';

const STANDARD = 'NSMA WG16.99.050';
/** Of the standard. */
const REVISION = '19990520';
const HALF = CUT_POINTS / 2;

/**
 * An antenna in the format of NSMA WG16.99.050: tags and values, lines end with CRLF. Both cuts are
 * from -180 to 180 degrees; elevations grow upwards.
 */
export function writeNsma(cuts: PatternCuts, facts: PatternFacts = {}): string {
  const { name, azimuthDb, elevationDb, gainDbi, frequencyMhz } = cuts;
  const { azimuthWidthDeg, elevationWidthDeg, frontToBackDb, date, polarization = 'V' } = facts;
  const optional = (tag: string, value: number | undefined) =>
    value === undefined ? [] : [`${tag}:,${value.toFixed(2)}`];
  const cut = (tag: string, gains: readonly number[]) => [
    `PATCUT:,${tag}`,
    `POLARI:,${polarization}/${polarization}`,
    `NUPOIN:,${CUT_POINTS + 1}`,
    `FSTLST:,-${HALF},${HALF}`,
    ...Array.from({ length: CUT_POINTS + 1 }, (_, k) => {
      const deg = k - HALF;
      return `${deg},${(gains[(deg + CUT_POINTS) % CUT_POINTS] ?? NaN).toFixed(2)},`;
    }),
  ];
  return [
    `REVNUM:,${STANDARD}`,
    `REVDAT:,${REVISION}`,
    'COMNT1:,Measured with a scan over a source; angles are relative to the beam axis',
    'ANTMAN:,unknown',
    `MODNUM:,${oneLine(name)}`,
    ...(date === undefined ? [] : [`DTDATA:,${date.replaceAll('-', '')}`]),
    ...optional('LOWFRQ', frequencyMhz),
    ...optional('HGHFRQ', frequencyMhz),
    'GUNITS:,DBI/DBR',
    ...optional('MDGAIN', gainDbi),
    ...optional('AZWIDT', azimuthWidthDeg),
    ...optional('ELWIDT', elevationWidthDeg),
    ...optional('FRTOBA', frontToBackDb),
    'ELTILT:,0',
    'PATTYP:,TYPICAL',
    'NOFREQ:,1',
    ...optional('PATFRE', frequencyMhz),
    'NUMCUT:,2',
    ...cut('AZ', azimuthDb),
    ...cut('EL', elevationDb),
    'ENDFIL:,EOF',
    '',
  ].join('\r\n');
}

/** Reads cuts at whole degrees. Throws `invalid` with the line that does not fit. */
export function readNsma(text: string): PatternCuts {
  const lines = text.split(/\r\n|\r|\n/);
  if (!lines[0]?.startsWith(`REVNUM:,${STANDARD}`))
    throw new SkyScanError('invalid', `line 1: a file of this format begins with REVNUM:,${STANDARD}`);
  if (!lines.some((line) => line.startsWith('ENDFIL:,EOF')))
    throw new SkyScanError('invalid', 'the end (ENDFIL:,EOF) is missing: the file is not complete');
  const tags = new Map<string, string>();
  const cuts = new Map<string, number[]>();
  let open: number[] | undefined;
  lines.forEach((line, at) => {
    const [, tag, value = ''] = /^([A-Z0-9]+):,(.*)$/.exec(line) ?? [];
    if (tag === 'PATCUT') {
      // A comment may follow.
      open = new Array<number>(CUT_POINTS).fill(NaN);
      cuts.set(value.trim().slice(0, 2).trim(), open);
    } else if (tag !== undefined) tags.set(tag, value);
    else if (line.trim() !== '') {
      const [angle = NaN, gain = NaN] = line.split(',').map(Number);
      if (!open || !Number.isInteger(angle) || Math.abs(angle) > CUT_POINTS || !Number.isFinite(gain))
        throw new SkyScanError('invalid', `line ${at + 1}: expected a whole angle and a gain, not ${line}`);
      open[(angle + CUT_POINTS) % CUT_POINTS] = gain;
    }
  });
  const cut = (...names: string[]) => {
    const found = names.map((name) => cuts.get(name)).find((each) => each !== undefined);
    if (found?.every(Number.isFinite)) return found;
    throw new SkyScanError('invalid', `the cut ${names.join(' or ')} does not have all whole degrees`);
  };
  const optional = (tag: string) => (tags.has(tag) ? Number(tags.get(tag)) : undefined);
  return {
    name: tags.get('MODNUM') ?? '',
    azimuthDb: cut('AZ', 'H'),
    elevationDb: cut('EL', 'V'),
    gainDbi: optional('MDGAIN'),
    frequencyMhz: optional('LOWFRQ'),
  };
}
