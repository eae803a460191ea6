import { execFileSync } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';

// Programs that read exported files.

/** The rows of a Parquet file as DuckDB reads them, in the order of seq. */
export async function rowsOf(path: string, columns = '*'): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const answer = await connection.runAndReadAll(`select ${columns} from '${path}' order by seq`);
    return answer.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What a script of Debian's Python prints as JSON about a file. */
export function python(script: string, path: string): Record<string, unknown> {
  const printed = execFileSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8' });
  return JSON.parse(printed) as Record<string, unknown>;
}
