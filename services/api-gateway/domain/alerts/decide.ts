import type { AlertRuleRequest, AlertStatus } from '#contract/rest/alerts';
import { isOfRule, type Sighting } from './rule-filter.ts';
import { pairSources, type Place } from './same-source.ts';

const HOUR_MS = 3_600_000;

/** An alert of a change that is not cleared, or that was cleared a short time ago. */
export interface KnownAlert extends Place {
  id: number;
  status: AlertStatus;
  raisedMs: number;
  /** A user has silenced it until then. */
  silentUntilMs: number | undefined;
  /** Sessions in a row without it. */
  sessionsWithout: number;
  /** Its channels have got it, since it was raised or came back. */
  isAnnounced: boolean;
}

/** A session in which a rule looks for changes. */
export interface Look {
  rule: AlertRuleRequest;
  alerts: readonly KnownAlert[];
  found: readonly Sighting[];
  /** The changes in the sessions before it, the newest first. */
  earlier: readonly (readonly Sighting[])[];
  /** Only a session with all its points shows that a source is as usual. */
  isComplete: boolean;
  /** Nothing is sent of sessions that are long past. */
  isFresh: boolean;
  beamWidthDeg: number;
  nowMs: number;
}

/** `isSent`: the channels of the rule get a message. */
export type Decision =
  | { type: 'raise'; sighting: Sighting; seen: number; isSent: boolean }
  /** Seen again. */
  | { type: 'continue'; alertId: number; sighting: Sighting; isSent: boolean }
  /** Cleared before, and back before it may be raised again. */
  | { type: 'return'; alertId: number; sighting: Sighting }
  /** Not seen, and not long enough to be cleared. */
  | { type: 'miss'; alertId: number }
  | { type: 'clear'; alertId: number; reason: string; isSent: boolean };

/**
 * What a session changes for the alerts of a rule. An alert is raised when its source was seen in
 * `raise_seen` of the last `raise_of` sessions or now above `immediate_z`, and cleared after
 * `clear_after` sessions in a row without it.
 */
export function decide(look: Look): Decision[] {
  const { rule, alerts, beamWidthDeg, nowMs } = look;
  const found = look.found.filter((sighting) => isOfRule(rule, sighting));
  const active = alerts.filter(({ status }) => status !== 'cleared');
  const resting = alerts.filter((alert) => alert.status === 'cleared' && nowMs < quietUntilMs(rule, alert));
  const seen = pairSources(active, found, beamWidthDeg);
  const decisions = active.flatMap((alert) => decideActive(look, alert, seen.get(alert)) ?? []);

  const taken = new Set(seen.values());
  const rest = found.filter((sighting) => !taken.has(sighting) && !isMuted(rule, sighting));
  const counts = countEarlier(look, active, rest);
  const due = rest.filter((sighting) => {
    const seenIn = 1 + (counts.get(sighting) ?? 0);
    return seenIn >= rule.raise_seen || Math.abs(sighting.z) > rule.immediate_z;
  });
  const back = new Map(
    [...pairSources(resting, due, beamWidthDeg)].map(([alert, sighting]) => [sighting, alert]),
  );
  for (const sighting of due) {
    const alert = back.get(sighting);
    decisions.push(
      alert
        ? { type: 'return', alertId: alert.id, sighting }
        : { type: 'raise', sighting, seen: 1 + (counts.get(sighting) ?? 0), isSent: look.isFresh },
    );
  }
  return decisions;
}

function decideActive(look: Look, alert: KnownAlert, sighting: Sighting | undefined): Decision | undefined {
  const { rule, isComplete, isFresh, nowMs } = look;
  const { id: alertId, isAnnounced, sessionsWithout } = alert;
  const isSilent = nowMs < (alert.silentUntilMs ?? -Infinity);
  const isSent = isFresh && isAnnounced && !isSilent;
  if (sighting && isMuted(rule, sighting))
    return { type: 'clear', alertId, reason: 'the source is known', isSent };
  if (sighting) {
    const isDue = !isAnnounced && alert.status === 'open' && nowMs >= quietUntilMs(rule, alert);
    return { type: 'continue', alertId, sighting, isSent: isDue && isFresh };
  }
  // Absence in a part of the grid means nothing.
  if (!isComplete) return undefined;
  return sessionsWithout + 1 >= rule.clear_after
    ? { type: 'clear', alertId, reason: `not seen in ${sessionsWithout + 1} sessions`, isSent }
    : { type: 'miss', alertId };
}

/** In how many of the earlier sessions each source was seen, without those that have an alert. */
function countEarlier(
  { rule, earlier, beamWidthDeg }: Look,
  active: readonly KnownAlert[],
  sightings: readonly Sighting[],
): Map<Sighting, number> {
  const counts = new Map<Sighting, number>();
  for (const session of earlier.slice(0, rule.raise_of - 1)) {
    const before = session.filter((sighting) => isOfRule(rule, sighting));
    const ofAlerts = new Set(pairSources(active, before, beamWidthDeg).values());
    const free = before.filter((sighting) => !ofAlerts.has(sighting));
    for (const sighting of pairSources(sightings, free, beamWidthDeg).keys())
      counts.set(sighting, (counts.get(sighting) ?? 0) + 1);
  }
  return counts;
}

/** Until then the source is not announced again. */
function quietUntilMs(rule: AlertRuleRequest, { raisedMs, silentUntilMs }: KnownAlert): number {
  return Math.max(raisedMs + rule.dedupe_hours * HOUR_MS, silentUntilMs ?? -Infinity);
}

function isMuted(rule: AlertRuleRequest, { isKnown }: Sighting): boolean {
  return rule.mute_known && isKnown;
}
