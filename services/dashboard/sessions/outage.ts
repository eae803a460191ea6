import type { DependencyState } from '#contract/rest/health';
import type { Health } from '#contract/rest/health';
import { SILENT_MS, type HealthReport } from '../lib/health-watch.ts';
import type { LivePhase } from '../lib/live-session.ts';

/**
 * A failure that keeps points of a session from reaching this page, apart from faults that the
 * session itself reports.
 */
export interface Outage {
  /**
   * `unknown`: the session's current state is not known. `late`: measuring continues; points arrive
   * later.
   */
  effect: 'unknown' | 'late';
  /** The cause and what to check. */
  reason: string;
}

/** The outage that affects an active session, or undefined if none is known. */
export function outageOf(
  phase: LivePhase | undefined,
  silentMs: number,
  health: HealthReport | undefined,
): Outage | undefined {
  if (phase === 'refused') return { effect: 'unknown', reason: 'Sky Scan requires an API key' };
  if (phase === 'waiting') {
    // A gateway that responds reports the cause more precisely.
    const known = health && !('unreachable' in health) ? reported(health, true) : undefined;
    return known ?? { effect: 'unknown', reason: NO_GATEWAY };
  }
  if (phase !== 'live' || !health) return undefined;
  // While messages arrive, an older report of an unreachable gateway is outdated.
  const silent = silentMs > SILENT_MS;
  if ('unreachable' in health)
    return silent ? { effect: 'unknown', reason: `${health.unreachable}. ${CHECK_GATEWAY}` } : undefined;
  return reported(health, silent);
}

/** The outage that a health report shows. */
function reported(health: Report, silent: boolean): Outage | undefined {
  const { states } = health;
  const about = (name: string, title: string) => describe(title, health, name);
  if (silent && states['orchestrator'] === 'away')
    return {
      effect: 'unknown',
      reason: `${about('orchestrator', 'scan-orchestrator')}. Check that its computer is on and that scan-orchestrator runs (ORCHESTRATOR_ADDRESS of api-gateway); Stop rotor works without it`,
    };
  if (states['orchestrator'] === 'impaired')
    return { effect: 'late', reason: about('orchestrator', 'scan-orchestrator') };
  if (silent && isWrong(states['database']))
    return {
      effect: 'late',
      reason: `${about('database', 'the database')}. Check that PostgreSQL is running (DATABASE_URL of api-gateway)`,
    };
  if (isWrong(states['mqtt']))
    return {
      effect: 'late',
      reason: `${about('mqtt', 'the MQTT broker')}. Check that it runs (MQTT_URL of api-gateway)`,
    };
  return undefined;
}

const CHECK_GATEWAY = 'Check the network and that api-gateway runs';
const NO_GATEWAY = `The connection to Sky Scan is lost. ${CHECK_GATEWAY}`;

type Report = Pick<Health, 'dependencies' | 'states'>;

function isWrong(state: DependencyState | undefined): boolean {
  return state !== undefined && state !== 'ok';
}

/** `the database cannot be reached`, or `the database: ` and the reported problem. */
function describe(title: string, { dependencies, states }: Report, name: string): string {
  const message = dependencies[name] ?? '';
  return states[name] === 'away' ? `${title} ${message}` : `${title}: ${message}`;
}
