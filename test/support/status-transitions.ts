/** Whether `to` can follow `from`, possibly with statuses in between; `next`: direct successors. */
export function isReachable(
  next: Readonly<Record<string, readonly string[]>>,
  from: string,
  to: string,
): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const following of next[status] ?? []) reached.add(following);
  return reached.has(to);
}
