import { gzipSync } from 'node:zlib';
import { ByteWriter, ParquetWriter, type ColumnSource, type SchemaElement } from 'hyparquet-writer';

export const PARQUET_TYPE = {
  mediaType: 'application/vnd.apache.parquet',
  contentType: 'application/vnd.apache.parquet',
} as const;

/** A file that is sent while it is written. */
export interface ParquetFile {
  /** A row group, about 10 ms of work; the bytes that follow in the file. */
  write: (rows: number, columnData: ColumnSource[]) => Buffer;
  end: () => Buffer;
}

/** @param elements The columns, each with what is below it; `columns`: their own number. */
export function createParquetFile(
  name: string,
  elements: readonly SchemaElement[],
  columns = elements.length,
): ParquetFile {
  const bytes = new ByteWriter();
  const take = () => {
    const taken = Buffer.from(bytes.getBytes());
    bytes.index = 0;
    return taken;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name, num_children: columns }, ...elements],
    codec: 'GZIP',
    statistics: false,
    compressors: { GZIP: (input) => gzipSync(input, { level: 4 }) },
    createdBy: 'Sky Scan',
  });
  return {
    write(rows, columnData) {
      void writer.write({ columnData, rowGroupSize: rows });
      return take();
    },
    end() {
      void writer.finish();
      return take();
    },
  };
}
