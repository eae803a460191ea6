import { SILENT_MS, type HealthReport } from '../lib/health-watch.ts';
import type { LivePhase } from '../lib/live-session.ts';

/** What keeps points of a session from this page, apart from a fault that the session itself reports. */
export interface Trouble {
  /** `unknown`: the session may be in another state by now. `late`: it is measured on, its points come later. */
  effect: 'unknown' | 'late';
  /** What is wrong, and what to check. */
  reason: string;
}

/** Why no points of a session that has not ended come to this page; undefined: nothing is known to be wrong. */
export function troubleOf(
  phase: LivePhase | undefined,
  silentMs: number,
  health: HealthReport | undefined,
): Trouble | undefined {
  if (phase === 'waiting') return { effect: 'unknown', reason: NO_GATEWAY };
  if (phase === 'refused') return { effect: 'unknown', reason: 'Sky Scan asks for an API key' };
  if (phase !== 'live' || !health) return undefined;
  // While messages come nothing is unknown, whatever was answered before.
  const silent = silentMs > SILENT_MS;
  if ('unreachable' in health)
    return silent ? { effect: 'unknown', reason: `${health.unreachable}. ${CHECK_GATEWAY}` } : undefined;
  const { orchestrator = 'ok', database = 'ok', mqtt = 'ok' } = health.dependencies;
  if (silent && IS_AWAY.test(orchestrator))
    return {
      effect: 'unknown',
      reason: `scan-orchestrator ${orchestrator}. Check that its computer is on and that scan-orchestrator runs there (ORCHESTRATOR_ADDRESS of api-gateway); Stop works without it`,
    };
  if (orchestrator !== 'ok' && !IS_AWAY.test(orchestrator))
    return { effect: 'late', reason: `scan-orchestrator: ${orchestrator}` };
  if (silent && database !== 'ok')
    return {
      effect: 'late',
      reason: `${named('the database', database)}. Check that PostgreSQL runs (DATABASE_URL of api-gateway)`,
    };
  if (mqtt !== 'ok')
    return {
      effect: 'late',
      reason: `${named('the MQTT broker', mqtt)}. Check that it runs (MQTT_URL of api-gateway)`,
    };
  return undefined;
}

const CHECK_GATEWAY = 'Check the network and that api-gateway runs';
const NO_GATEWAY = `The connection to Sky Scan is lost. ${CHECK_GATEWAY}`;
/** The words of `/health` for what cannot be asked; others are about its connections. */
const IS_AWAY = /^(cannot be reached|does not answer|not serving)$/;

function named(what: string, word: string): string {
  return IS_AWAY.test(word) ? `${what} ${word}` : `${what}: ${word}`;
}
