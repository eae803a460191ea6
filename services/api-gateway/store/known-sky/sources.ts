import type { Queryable } from '../queryable.ts';

/** Why refreshes failed. */
export async function listSourceProblems(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ problem: string }>(
    'select problem from elements_sources where problem is not null order by source',
  );
  return rows.map(({ problem }) => problem);
}

/** Makes every source be read again. */
export async function forgetSources(tx: Queryable): Promise<void> {
  await tx.query('update elements_sources set state = null, checked_at = null');
}
