import type { Measurement } from '#contract/mqtt-messages';
import { COUNTS, createBlock, type PointBlock } from '../../api-gateway/store/point-block.ts';

/** Points as a block. */
export function blockOf(points: readonly Measurement[]): PointBlock {
  const block = createBlock(points.length);
  const { counts, floats, flagLists, flagList } = block;
  const known = new Map<string, number>();
  points.forEach((point, index) => {
    for (const name of COUNTS) counts[name][index] = point[name];
    floats.setpoint_azimuth[index] = point.setpoint.azimuth;
    floats.setpoint_elevation[index] = point.setpoint.elevation;
    floats.readback_azimuth[index] = point.readback.azimuth;
    floats.readback_elevation[index] = point.readback.elevation;
    for (const name of ['mean_dbm', 'std_db', 'min_dbm', 'max_dbm', 'last_dbm', 'integration_ms'] as const)
      floats[name][index] = point[name];
    floats.measured_at[index] = Date.parse(point.measured_at);
    const key = JSON.stringify(point.flags);
    const list = known.get(key) ?? flagLists.push(point.flags) - 1;
    known.set(key, list);
    flagList[index] = list;
  });
  const visited = points.flatMap(({ seq, reference }) => (reference ? [[seq, reference] as const] : []));
  return { ...block, references: new Map(visited) };
}
