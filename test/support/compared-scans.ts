import type { MeasuredPoint } from '#proto/scan_orchestrator';
import { cellPointing, columnsInRow, gridShape, type GridBounds } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import { compareSession } from '../../services/sky-analyst/domain/comparison/compare-session.ts';
import type {
  ComparisonReport,
  UsualLevels,
} from '../../services/sky-analyst/domain/comparison/compared-session.ts';
import { summarizeLevels } from '../../services/sky-analyst/domain/comparison/summarize-levels.ts';

const NONE = -32_768;
const CODE_DB = 0.01;

/** Scans of a grid, each compared with the ones before, whose baseline grows by it. */
export function createComparedScans(setup: {
  grid: GridBounds;
  site: Site;
  beamWidthDeg: number;
  band: { fromHz: number; toHz: number; integrationS: number };
  /** The point `seq` of a scan that starts at a time. */
  pointOf: (seq: number, startedAtMs: number) => MeasuredPoint;
}): { scan(startedAtMs: number): ComparisonReport } {
  const { grid, site, beamWidthDeg, band, pointOf } = setup;
  const { totalPoints: count, rows } = gridShape(grid);
  const pointings = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columnsInRow(grid, row) }, (_, column) => cellPointing(grid, row, column)),
  ).flat();
  const cells = columnsOf(pointings);
  const earlier: Int16Array[] = [];
  return {
    scan(startedAtMs) {
      const points = Array.from({ length: count }, (_, k) => pointOf(k + 1, startedAtMs));
      const report = compareSession(
        {
          cells,
          points: {
            ...columnsOf(points.map(({ setpoint }) => setpoint as Pointing)),
            timeMs: Float64Array.from(points, ({ measuredAtMs }) => measuredAtMs),
            clipped: new Uint8Array(count),
          },
          bands: [
            {
              ...band,
              levelDb: Float64Array.from(points, ({ meanDbm }) => meanDbm),
              usual: usualOf(earlier),
            },
          ],
        },
        { beamWidthDeg, site },
      );
      if (report.unsuitable === undefined) earlier.push(codesOf(report));
      return report;
    },
  };

  function usualOf(levels: readonly Int16Array[]): UsualLevels | undefined {
    if (levels.length === 0) return undefined;
    const { sessions, ...columns } = summarizeLevels(count, levels);
    return {
      sessions,
      count: Float64Array.from(columns.count),
      centreDb: Float64Array.from(columns.centreDb),
      spreadDb: Float64Array.from(columns.spreadDb),
    };
  }
}

function columnsOf(pointings: readonly Pointing[]) {
  return {
    azimuthDeg: Float64Array.from(pointings, ({ azimuthDeg }) => azimuthDeg),
    elevationDeg: Float64Array.from(pointings, ({ elevationDeg }) => elevationDeg),
  };
}

/** What enters a baseline. */
function codesOf({ levels: [first], anomalousCells, sunCells }: ComparisonReport): Int16Array {
  const codes = Int16Array.from(first?.levelDb ?? [], (level) =>
    Number.isNaN(level) ? NONE : Math.round(level / CODE_DB),
  );
  for (const cell of [...anomalousCells, ...sunCells]) codes[cell] = NONE;
  return codes;
}
