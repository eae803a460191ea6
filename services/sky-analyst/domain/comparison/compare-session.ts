import { SkyScanError } from '#shared/base/errors';
import { countedOf } from '#shared/base/plurals';
import { dbToLinear, degToRad, radToDeg } from '#shared/sky/units';
import { measureBeam } from '../finder/measure-beam.ts';
import { createNeighbours } from '../finder/neighbours.ts';
import { checkpoint, type Control, type NoiseSettings } from '../finder/sky-map.ts';
import { vectorAt, vectorOf, vectorsOf } from '../finder/sphere.ts';
import { alignBand, unitDbOf, zOf, type AlignedBand, type Geometry } from './align-band.ts';
import { anomalyThreshold } from './anomaly-threshold.ts';
import type {
  Anomaly,
  ComparedBand,
  ComparedLevels,
  ComparedPoints,
  ComparedSession,
  ComparisonReport,
  ComparisonSettings,
} from './compared-session.ts';
import { describeAnomalies } from './describe-anomalies.ts';
import { differenceMap } from './difference-map.ts';
import { findChanges } from './find-changes.ts';
import { mergeAnomalies } from './merge-anomalies.ts';
import { createResampler } from './resampler.ts';
import { unsuitableBecause } from './suitability.ts';
import { cellsNearSun, createIsNearSun, type IsNearSun } from './sun-cells.ts';
import { usualSources, type UsualSource } from './usual-sources.ts';

const DEFAULT_GAIN_ERROR = 0.005;
/** With fewer sessions there is no spread to compare with. */
const MIN_SESSIONS = 3;
/** With fewer cells there is neither a scatter nor a background. */
const MIN_CELLS = 30;
/** Cells so near to an anomaly belong to it, in beam widths. */
const REACH = 1.5;

/**
 * Compares a session with a baseline: its levels at the cells of the baseline without its gain,
 * and the sources that have changed. Throws `wrong_state` if too few cells have a level, or if
 * no beam width is given and no source shows it.
 */
export function compareSession(
  session: ComparedSession,
  settings: ComparisonSettings,
  control: Control = {},
): ComparisonReport {
  const { cells, points, bands } = session;
  const [first] = bands;
  if (!first) throw new SkyScanError('invalid', 'at least one band is needed');
  const steps = bands.length + 1;
  checkpoint(control, 0, steps);
  const geometry = geometryOf(session, settings);
  const { beamWidth } = geometry;
  const beamWidthDeg = radToDeg(beamWidth);
  const isNearSun = settings.site ? createIsNearSun(settings.site, beamWidth) : () => false;
  checkpoint(control, 1, steps);
  const compared = bands.map((band, k) => {
    const result = compareBand(geometry, session, band, settings, isNearSun);
    if (k === 0) requireCells(result.aligned.levelDb);
    checkpoint(control, k + 1, steps);
    return result;
  });
  const [whole] = compared as [ComparedOne, ...ComparedOne[]];
  const anomalies = mergeAnomalies(
    compared.map((each) => each.anomalies),
    first,
    beamWidthDeg,
  );
  const anomalousCells = cellsOf(anomalies, geometry);
  const sunCells = cellsNearSun(geometry.cellVectors, whole.aligned.timeMs, isNearSun);
  const nearSun = new Set(sunCells);
  const measured = whole.aligned.levelDb.reduce((sum, level) => sum + (Number.isNaN(level) ? 0 : 1), 0);
  const total = cells.azimuthDeg.length;
  checkpoint(control, steps, steps);
  return {
    levels: compared.map(({ levels }) => levels),
    anomalies,
    offsetDb: whole.aligned.gain.offsetDb,
    noiseScale: whole.noiseScale,
    coverage: measured / total,
    beamWidthDeg,
    anomalousCells,
    sunCells,
    unsuitable: unsuitableBecause({
      cells: total,
      measured,
      anomalous: anomalousCells.filter((cell) => !nearSun.has(cell)).length,
      noiseScale: whole.noiseScale,
    }),
  };

  function requireCells(levels: Float64Array): void {
    const count = levels.filter((level) => !Number.isNaN(level)).length;
    if (count >= MIN_CELLS) return;
    throw new SkyScanError(
      'wrong_state',
      `${countedOf(count, levels.length, 'cell')} of the baseline have a level in a session of ` +
        `${points.timeMs.length} points, a comparison needs ${MIN_CELLS}; its points are within a quarter of the beam`,
    );
  }
}

interface ComparedOne {
  levels: ComparedLevels;
  anomalies: Anomaly[];
  aligned: AlignedBand;
  noiseScale: number;
}

function compareBand(
  geometry: Geometry,
  { points }: ComparedSession,
  band: ComparedBand,
  settings: ComparisonSettings,
  isNearSun: IsNearSun,
): ComparedOne {
  const { gainError = DEFAULT_GAIN_ERROR } = settings;
  const noise: NoiseSettings = {
    bandwidthHz: band.toHz - band.fromHz,
    integrationS: band.integrationS,
    gainError,
  };
  const relativeSigma = Math.sqrt(1 / (noise.bandwidthHz * noise.integrationS) + gainError ** 2);
  let known: UsualSource[] | undefined;
  const usualOf = () => (known ??= usualIn(geometry, band, points, noise));
  const aligned = alignBand(geometry, band, points, relativeSigma, usualOf);
  const { levelDb, centreDb } = aligned;
  const levels: ComparedLevels = {
    levelDb: Float32Array.from(levelDb),
    changeDb: Float32Array.from(levelDb, (level, cell) => level - (centreDb[cell] as number)),
    z: new Float32Array(levelDb.length).fill(NaN),
  };
  const sessions = band.usual?.sessions ?? 0;
  if (sessions < MIN_SESSIONS) return { levels, anomalies: [], aligned, noiseScale: NaN };
  const { z, scatter } = zOf(aligned);
  const scale = Math.max(1, scatter);
  levels.z = Float32Array.from(z, (value) => value / scale);
  const map = differenceMap(aligned, geometry.cellVectors, geometry.beamWidth, scale);
  if (map.cellOf.length < MIN_CELLS) return { levels, anomalies: [], aligned, noiseScale: scatter };
  const threshold = settings.thresholdSigma ?? anomalyThreshold(sessions, map.cellOf.length);
  const changes = findChanges(map, usualOf, threshold);
  const anomalies = changes ? describeAnomalies(map, changes, threshold, band, isNearSun) : [];
  return { levels, anomalies, aligned, noiseScale: scatter };
}

/** The sources of the baseline, in the unit of the difference. */
function usualIn(
  { cellVectors, beamWidth, toCells }: Geometry,
  { usual }: ComparedBand,
  { timeMs }: ComparedPoints,
  noise: NoiseSettings,
): UsualSource[] {
  if (!usual) return [];
  const unitDb = unitDbOf(usual.centreDb);
  const power = usual.centreDb.map((centre) => dbToLinear(centre - unitDb));
  return usualSources(cellVectors, power, toCells.mean(timeMs), beamWidth, noise);
}

function geometryOf(
  { cells, points, bands: [first] }: ComparedSession,
  settings: ComparisonSettings,
): Geometry {
  const cellVectors = vectorsOf(cells.azimuthDeg, cells.elevationDeg);
  const pointVectors = vectorsOf(points.azimuthDeg, points.elevationDeg);
  const { levelDb, usual } = first as ComparedBand;
  const beamWidth = degToRad(
    settings.beamWidthDeg ??
      (usual
        ? widthOf(cellVectors, usual.centreDb, Float64Array.from(usual.centreDb.keys()))
        : widthOf(pointVectors, levelDb, points.timeMs)),
  );
  return {
    cellVectors,
    pointVectors,
    beamWidth,
    toCells: createResampler(pointVectors, cellVectors, beamWidth),
    toPoints: createResampler(cellVectors, pointVectors, beamWidth),
  };
}

/** Of the strongest source. */
function widthOf(vectors: Float64Array, levelsDb: Float64Array, timeMs: Float64Array): number {
  const known = Int32Array.from(levelsDb.keys()).filter((k) => Number.isFinite(levelsDb[k]));
  if (known.length < MIN_CELLS)
    throw new SkyScanError(
      'wrong_state',
      `${countedOf(known.length, levelsDb.length, 'level')} are known, the beam width needs ${MIN_CELLS}; set beam_width_deg of the rotor`,
    );
  const columns = new Float64Array(3 * known.length);
  known.forEach((at, k) => columns.set(vectorAt(vectors, at), 3 * k));
  const middleDb = levelsDb[known[known.length >> 1] as number] as number;
  return measureBeam(
    columns,
    Float64Array.from(known, (at) => dbToLinear((levelsDb[at] as number) - middleDb)),
    Float64Array.from(known, (at) => timeMs[at] as number),
  ).widthDeg;
}

/** Cells within reach of an anomaly, and of the place from which it has moved. */
function cellsOf(anomalies: readonly Anomaly[], { cellVectors, beamWidth }: Geometry): number[] {
  if (anomalies.length === 0) return [];
  const neighbours = createNeighbours(cellVectors, beamWidth / 2);
  const cells = new Set<number>();
  for (const { source, from } of anomalies)
    for (const { azimuthDeg, elevationDeg } of from ? [source, from] : [source]) {
      const count = neighbours.near(vectorOf(azimuthDeg, elevationDeg), Math.min(Math.PI, REACH * beamWidth));
      for (let n = 0; n < count; n++) cells.add(neighbours.index[n] as number);
    }
  return [...cells].sort((a, b) => a - b);
}
