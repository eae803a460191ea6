import type { DependencyState } from '#contract/rest/health';
import type { Health } from '#contract/rest/health';
import { SILENT_MS, type HealthReport } from '../lib/health-watch.ts';
import type { LivePhase } from '../lib/live-session.ts';

/**
 * What keeps points of a session from this page, apart from a fault that the session itself
 * reports.
 */
export interface Trouble {
  /**
   * `unknown`: the session may be in another state by now. `late`: it is measured on, its points
   * come later.
   */
  effect: 'unknown' | 'late';
  /** What is wrong, and what to check. */
  reason: string;
}

/**
 * Why no points of a session that has not ended come to this page; undefined: nothing is known to
 * be wrong.
 */
export function troubleOf(
  phase: LivePhase | undefined,
  silentMs: number,
  health: HealthReport | undefined,
): Trouble | undefined {
  if (phase === 'refused') return { effect: 'unknown', reason: 'Sky Scan asks for an API key' };
  if (phase === 'waiting') {
    // A gateway that answers knows better why it has no points.
    const known = health && !('unreachable' in health) ? reported(health, true) : undefined;
    return known ?? { effect: 'unknown', reason: NO_GATEWAY };
  }
  if (phase !== 'live' || !health) return undefined;
  // While messages come nothing is unknown, whatever was answered before.
  const silent = silentMs > SILENT_MS;
  if ('unreachable' in health)
    return silent ? { effect: 'unknown', reason: `${health.unreachable}. ${CHECK_GATEWAY}` } : undefined;
  return reported(health, silent);
}

/** What the gateway reports to be wrong. */
function reported(health: Report, silent: boolean): Trouble | undefined {
  const { states } = health;
  const about = (name: string, title: string) => describe(title, health, name);
  if (silent && states['orchestrator'] === 'away')
    return {
      effect: 'unknown',
      reason: `${about('orchestrator', 'scan-orchestrator')}. Check that its computer is on and that scan-orchestrator runs there (ORCHESTRATOR_ADDRESS of api-gateway); Stop works without it`,
    };
  if (states['orchestrator'] === 'impaired')
    return { effect: 'late', reason: about('orchestrator', 'scan-orchestrator') };
  if (silent && isWrong(states['database']))
    return {
      effect: 'late',
      reason: `${about('database', 'the database')}. Check that PostgreSQL runs (DATABASE_URL of api-gateway)`,
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

/** `the database cannot be reached`, or `the database: ` and what is wrong with it. */
function describe(title: string, { dependencies, states }: Report, name: string): string {
  const message = dependencies[name] ?? '';
  return states[name] === 'away' ? `${title} ${message}` : `${title}: ${message}`;
}
