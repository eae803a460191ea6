import type { SkyMap } from '#sky-map/sky-map';

/** The cell with the highest level; undefined while nothing is measured. */
export function highestCell({
  levels,
  columns,
}: Pick<SkyMap, 'levels' | 'columns'>): { row: number; column: number } | undefined {
  let highest = -Infinity;
  let at = -1;
  levels.forEach((level, cell) => {
    if (!(level > highest)) return;
    highest = level;
    at = cell;
  });
  return at < 0 ? undefined : { row: Math.floor(at / columns), column: at % columns };
}
