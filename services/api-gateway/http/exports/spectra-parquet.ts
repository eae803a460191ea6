import type { SchemaElement } from 'hyparquet-writer';
import { BAND_VALUES } from '#contract/band-values';
import { UNKNOWN, valueOf } from '#shared/spectrum/point-spectrum';
import { rounded } from '../../domain/rounding.ts';
import type { BandSelection } from '../../store/spectra/read-band.ts';
import type { PointCodes } from '../../store/spectra/read-points.ts';
import type { BulkFormat } from '../bulk-response.ts';
import { createParquetFile, PARQUET_TYPE } from './parquet-file.ts';

/**
 * Apache Parquet with a row per point: its seq, the axis of frequencies, which is the same in all
 * rows, and the list of the values of its channels. What is not known is null.
 */
export function spectraParquetFormat({ band, range, statistic }: BandSelection): BulkFormat<PointCodes> {
  const name = BAND_VALUES[statistic];
  const channels = range.lastChannel - range.firstChannel + 1;
  const firstChannelHz = band.firstChannelHz + range.firstChannel * band.channelHz;
  const elements: SchemaElement[] = [
    { name: 'seq', type: 'INT32', repetition_type: 'REQUIRED' },
    { name: 'first_channel_hz', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    { name: 'channel_hz', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    // A list, as Parquet defines it.
    { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
  ];
  const valueAt = (code: number) => (code === UNKNOWN ? null : rounded(statistic, valueOf(statistic, code)));
  return {
    ...PARQUET_TYPE,
    async *encode(blocks) {
      const file = createParquetFile('spectra', elements, 4);
      for await (const { firstSeq, points, codes } of blocks) {
        const lists = Array.from({ length: points }, (_, k) =>
          Array.from(codes.subarray(k * channels, (k + 1) * channels), valueAt),
        );
        yield file.write(points, [
          {
            name: 'seq',
            data: Int32Array.from(lists, (_, k) => firstSeq + k),
            encoding: 'DELTA_BINARY_PACKED',
          },
          { name: 'first_channel_hz', data: lists.map(() => firstChannelHz), encoding: 'RLE_DICTIONARY' },
          { name: 'channel_hz', data: lists.map(() => band.channelHz), encoding: 'RLE_DICTIONARY' },
          { name, data: lists, encoding: 'BYTE_STREAM_SPLIT' },
        ]);
      }
      yield file.end();
    },
  };
}
