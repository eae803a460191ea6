import type { Measurement } from '#contract/measurement';
import { STORED_COLUMNS, type StoredName } from '#contract/point-columns';
import { createBlock, type PointBlock } from '../../api-gateway/store/point-block.ts';

/** Converts points to a block. */
export function blockOf(points: readonly Measurement[]): PointBlock {
  const block = createBlock(points.length);
  const { counts, floats, flagLists, flagList } = block;
  const known = new Map<string, number>();
  points.forEach((point, index) => {
    const numbers: Record<StoredName<'number'>, number | null> = point;
    for (const { type, name } of STORED_COLUMNS) {
      if (type === 'count') counts[name][index] = point[name];
      if (type === 'number') floats[name][index] = numbers[name] ?? NaN;
      if (type === 'time') floats[name][index] = Date.parse(point[name]);
      if (type === 'pointing') {
        floats[`${name}_azimuth`][index] = point[name].azimuth;
        floats[`${name}_elevation`][index] = point[name].elevation;
      }
    }
    const key = JSON.stringify(point.flags);
    const list = known.get(key) ?? flagLists.push(point.flags) - 1;
    known.set(key, list);
    flagList[index] = list;
  });
  const references = points.flatMap(({ seq, reference }) => (reference ? [[seq, reference] as const] : []));
  return { ...block, references: new Map(references) };
}
