/** The points that a page selects: after `afterSeq` up to and including `upToSeq`. */
export function pageOf(
  {
    after_seq: afterSeq = 0,
    limit = Infinity,
  }: { after_seq?: number | undefined; limit?: number | undefined },
  lastSeq: number,
): { afterSeq: number; upToSeq: number } {
  return { afterSeq, upToSeq: Math.min(lastSeq, afterSeq + limit) };
}
