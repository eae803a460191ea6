/** `id` survives restarts of the orchestrator, `run` does not. */
export interface OrchestratorIdentity {
  id: string;
  run: string;
}

/** A gateway that wants to work for a site: to record its points and to reconcile its sessions. */
export interface Candidate {
  gatewayId: string;
  /** The process of the gateway. */
  gatewayRun: string;
  /** The orchestrator that answers this gateway; undefined: none has answered yet. */
  orchestrator: OrchestratorIdentity | undefined;
  /** Whether the orchestrator answered its last call. */
  reaches: boolean;
}

/** The gateway that works for the site, or did until its lease ended. */
export interface Claim extends Omit<Candidate, 'reaches'> {
  /** Time since it was renewed. */
  ageMs: number;
  /** Time since the orchestrator answered its holder. */
  unreachedMs: number;
}

/** A claim ends when it has not been renewed for this long. */
export const LEASE_MS = 10_000;
/** Until then unfinished sessions wait for the orchestrator that has them. */
const ABANDONED_MS = 600_000;

/**
 * Whether the candidate takes or keeps the claim. Another orchestrator, which may be a second one
 * for the same site, takes over unfinished sessions only after 10 minutes: the first may still
 * drive its rotor.
 */
export function mayClaim(
  claim: Claim | undefined,
  candidate: Candidate,
  hasUnfinishedSessions: boolean,
): boolean {
  if (!claim || claim.gatewayRun === candidate.gatewayRun) return true;
  // A gateway that was killed and restarted does not wait for its own lease.
  if (claim.gatewayId === candidate.gatewayId && isSameRun(claim, candidate)) return true;
  if (claim.ageMs < LEASE_MS) return isCutOff(claim) && candidate.reaches && !isOther(claim, candidate);
  return !isOther(claim, candidate) || !hasUnfinishedSessions || claim.ageMs >= ABANDONED_MS;
}

/**
 * Whether two orchestrators serve the site: that of the candidate is not the claimed one. The same
 * id with another run is a restart that one of the gateways has not noticed yet, or a copy of its
 * data: it is a conflict if it `persists` while the claim is renewed.
 */
export function isConflict(claim: Claim, candidate: Candidate, persists: boolean): boolean {
  if (claim.gatewayRun === candidate.gatewayRun || claim.ageMs >= LEASE_MS) return false;
  return isOther(claim, candidate) || (persists && hasBoth(claim, candidate) && !isSameRun(claim, candidate));
}

/** Whether the holder has lost its connection to the site, which others may have. */
export function isCutOff({ unreachedMs }: Claim): boolean {
  return unreachedMs >= LEASE_MS;
}

function hasBoth(claim: Claim, candidate: Candidate): boolean {
  return claim.orchestrator !== undefined && candidate.orchestrator !== undefined;
}

function isSameRun(claim: Claim, candidate: Candidate): boolean {
  return hasBoth(claim, candidate) && claim.orchestrator?.run === candidate.orchestrator?.run;
}

function isOther(claim: Claim, candidate: Candidate): boolean {
  return hasBoth(claim, candidate) && claim.orchestrator?.id !== candidate.orchestrator?.id;
}
