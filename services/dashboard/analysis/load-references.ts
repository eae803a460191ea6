import { createColumnarReader } from '../lib/columnar.ts';
import type { SessionSource } from '../lib/session-source.ts';
import { lastSeqOf, referencesIn, type ReferenceLevel } from './drift.ts';

/** Loads the reference measurements of the points with `seq` > `afterSeq`, and the last `seq`. */
export async function loadReferences(
  source: Pick<SessionSource, 'measurements'>,
  sessionId: number,
  afterSeq: number,
  signal: AbortSignal,
): Promise<{ references: ReferenceLevel[]; lastSeq: number }> {
  const read = createColumnarReader();
  const references: ReferenceLevel[] = [];
  let lastSeq = afterSeq;
  for await (const bytes of source.measurements(sessionId, afterSeq, signal))
    for (const block of read(bytes)) {
      references.push(...referencesIn(block));
      lastSeq = Math.max(lastSeq, lastSeqOf(block));
    }
  return { references, lastSeq };
}
