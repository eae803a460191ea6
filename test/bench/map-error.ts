/**
 * A cell of a map around one source. Powers in any linear unit, the same for all cells of a map.
 */
export interface MapCell {
  row: number;
  azimuthDeg: number;
  elevationDeg: number;
  measured: number;
  truth: number;
  /** Whether its row was swept towards larger azimuths. */
  eastward: boolean;
}

/** Difference between a measured map and the truth. */
export interface MapError {
  /** Distance between the centroids on the sky, degrees. */
  positionDeg: number;
  /** Ratio of the width along azimuth to the true width. */
  broadening: number;
  /** Offset between rows swept east and west, degrees of azimuth. */
  misalignmentDeg: number;
}

// Rows below this share of the strongest row do not locate the source.
const MIN_SHARE = 0.1;

/** Compares moments of the source above its background over the same cells of both maps. */
export function mapErrorOf(cells: readonly MapCell[]): MapError {
  const measured = centreOf(aboveBackground(cells, 'measured'));
  const truth = centreOf(aboveBackground(cells, 'truth'));
  const shrink = Math.cos((truth.elevationDeg * Math.PI) / 180);
  const rows = rowShifts(cells);
  const mean = (eastward: boolean) => {
    const shifts = rows.filter((row) => row.eastward === eastward).map(({ shiftDeg }) => shiftDeg);
    return shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
  };
  return {
    positionDeg: Math.hypot(
      (measured.azimuthDeg - truth.azimuthDeg) * shrink,
      measured.elevationDeg - truth.elevationDeg,
    ),
    broadening: measured.widthDeg / truth.widthDeg,
    misalignmentDeg: Math.abs(mean(true) - mean(false)),
  };
}

/** Offset of the source in each row that contains it, degrees of azimuth. */
function rowShifts(cells: readonly MapCell[]): { shiftDeg: number; eastward: boolean }[] {
  const truth = aboveBackground(cells, 'truth');
  const measured = aboveBackground(cells, 'measured');
  const rows = [...new Set(cells.map(({ row }) => row))].map((row) => {
    const inRow = (weighed: Weighed[]) => weighed.filter(({ cell }) => cell.row === row);
    const [ours, real] = [inRow(measured), inRow(truth)];
    return {
      power: real.reduce((sum, { weight }) => sum + weight, 0),
      shiftDeg: centreOf(ours).azimuthDeg - centreOf(real).azimuthDeg,
      eastward: real[0]?.cell.eastward ?? false,
    };
  });
  const strongest = Math.max(...rows.map(({ power }) => power));
  return rows.filter(({ power }) => power >= MIN_SHARE * strongest);
}

interface Weighed {
  cell: MapCell;
  weight: number;
}

function aboveBackground(cells: readonly MapCell[], which: 'measured' | 'truth'): Weighed[] {
  const background = Math.min(...cells.map((cell) => cell[which]));
  return cells.map((cell) => ({ cell, weight: cell[which] - background }));
}

function centreOf(weighed: readonly Weighed[]) {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (value: (cell: MapCell) => number) =>
    weighed.reduce((sum, { cell, weight }) => sum + weight * value(cell), 0) / total;
  const azimuthDeg = mean((cell) => cell.azimuthDeg);
  return {
    azimuthDeg,
    elevationDeg: mean((cell) => cell.elevationDeg),
    widthDeg: Math.sqrt(mean((cell) => (cell.azimuthDeg - azimuthDeg) ** 2)),
  };
}
