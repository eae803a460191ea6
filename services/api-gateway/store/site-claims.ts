import { LEASE_MS, mayClaim, type Candidate, type Claim } from '../domain/site-claim.ts';
import type { Database, Queryable } from './queryable.ts';
import { hasSessionsAt } from './sessions.ts';

interface ClaimRow {
  gateway_id: string;
  gateway_run: string;
  orchestrator_id: string | null;
  orchestrator_run: string | null;
  age_ms: number;
  unreached_ms: number;
}

/**
 * Takes or renews the claim of a site; returns undefined, or the claim of another gateway.
 * `isOurs`: it probably is, so it is renewed with one statement. All times are those of the
 * database.
 */
export async function claimSite(
  db: Database,
  siteId: number,
  candidate: Candidate,
  isOurs: boolean,
): Promise<Claim | undefined> {
  if (isOurs && (await renew(db, siteId, candidate))) return undefined;
  return db.transaction(async (tx) => {
    await tx.query(
      `insert into site_claims (site_id, gateway_id, gateway_run) values ($1, $2, $3) on conflict do nothing`,
      [siteId, candidate.gatewayId, candidate.gatewayRun],
    );
    const [row] = await tx.query<ClaimRow>(
      `select gateway_id, gateway_run, orchestrator_id, orchestrator_run,
         extract(epoch from clock_timestamp() - renewed_at)::float8 * 1000 as age_ms,
         extract(epoch from clock_timestamp() - reached_at)::float8 * 1000 as unreached_ms
       from site_claims where site_id = $1 for update`,
      [siteId],
    );
    const claim = row && toClaim(row);
    if (claim && !mayClaim(claim, candidate, await hasSessionsAt(tx, siteId))) return claim;
    await tx.query(
      // The new holder has as long as any other one to reach the orchestrator.
      `update site_claims set gateway_id = $2, gateway_run = $3, ${RENEWED}, reached_at = clock_timestamp()
       where site_id = $1`,
      values(siteId, candidate),
    );
    return undefined;
  });
}

/** Ends the claim of this process, so that another gateway need not wait. */
export async function releaseSite(db: Queryable, siteId: number, gatewayRun: string): Promise<void> {
  // The row stays: it names the orchestrator that has the sessions.
  await db.query(
    `update site_claims set renewed_at = renewed_at - interval '${LEASE_MS} ms' where site_id = $1 and gateway_run = $2`,
    [siteId, gatewayRun],
  );
}

// An orchestrator that does not answer is still the one that has the sessions.
const RENEWED = `renewed_at = clock_timestamp(), orchestrator_id = coalesce($4, orchestrator_id),
  orchestrator_run = coalesce($5, orchestrator_run)`;

async function renew(db: Queryable, siteId: number, candidate: Candidate): Promise<boolean> {
  const sql = `update site_claims
    set ${RENEWED}, reached_at = case when $6 then clock_timestamp() else reached_at end
    where site_id = $1 and gateway_id = $2 and gateway_run = $3 returning site_id`;
  return (await db.query(sql, [...values(siteId, candidate), candidate.reaches])).length > 0;
}

function values(siteId: number, { gatewayId, gatewayRun, orchestrator }: Candidate): unknown[] {
  return [siteId, gatewayId, gatewayRun, orchestrator?.id ?? null, orchestrator?.run ?? null];
}

function toClaim(row: ClaimRow): Claim {
  const { orchestrator_id: id, orchestrator_run: run } = row;
  return {
    gatewayId: row.gateway_id,
    gatewayRun: row.gateway_run,
    orchestrator: id !== null && run !== null ? { id, run } : undefined,
    ageMs: row.age_ms,
    unreachedMs: row.unreached_ms,
  };
}
