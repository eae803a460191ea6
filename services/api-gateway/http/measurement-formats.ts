import { toDataPoint } from '#contract/mqtt-messages';
import { emptyPoint, pointReader } from '../store/block-points.ts';
import { JSON_TYPE, type BulkFormat } from './bulk-response.ts';
import type { ShownBlock } from './measurement-columns.ts';
import { measurementTexts, pieces, type Texts } from './measurement-text.ts';

/** An output format for measurements. */
export type MeasurementFormat = BulkFormat<ShownBlock>;

/** All data of every point. */
export const jsonFormat = (): MeasurementFormat => jsonArrayOf(measurementTexts);

/** The published points. */
export const dataFormat = (): MeasurementFormat =>
  jsonArrayOf((block) => {
    const point = emptyPoint();
    const read = pointReader(block, point);
    return (index) => {
      read(index);
      return JSON.stringify(toDataPoint(point));
    };
  });

function jsonArrayOf(textsOf: (block: ShownBlock) => Texts): MeasurementFormat {
  return {
    ...JSON_TYPE,
    async *encode(blocks) {
      let separator = '[';
      for await (const block of blocks) {
        const text = textsOf(block);
        yield* pieces(block, (index) => {
          const item = separator + text(index);
          separator = ',';
          return item;
        });
      }
      yield separator === '[' ? '[]' : ']';
    },
  };
}
