import type { CommandMessage, MqttCommand } from '#contract/command-messages';
import { SkyScanError } from '#shared/base/errors';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { SessionAction } from '../domain/session-rules.ts';
import { parkRotor } from '../rotors/move-rotor.ts';
import { actOnScan, type ActionParts } from '../scans/act-on-scan.ts';
import { startScan, type ScanParts } from '../scans/start-scan.ts';
import type { Queryable } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';
import { endRun, insertRun } from '../store/schedules/runs.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import { findSession, hasSessions, listSessions } from '../store/sessions.ts';

export interface CommandParts extends ScanParts, ActionParts {
  handOver: ScanParts['handOver'] & ActionParts['handOver'];
  orchestratorOf: (
    siteId: number,
  ) => ReturnType<ScanParts['orchestratorOf']> & ReturnType<ActionParts['orchestratorOf']>;
  driverOf: (siteId: number) => Pick<RotorDriver, 'stop' | 'park'>;
  /** Unix milliseconds. */
  nowMs: () => number;
}

/** What was done. */
export interface Done {
  message: string;
  sessionId: number | null;
}

/**
 * Executes a command that was taken, once. Throws a `SkyScanError` with a message for the sender.
 */
export async function executeCommand(
  parts: CommandParts,
  rotor: RotorRow,
  command: MqttCommand,
  message: CommandMessage,
): Promise<Done> {
  const driver = () => parts.driverOf(rotor.site_id);
  switch (command) {
    case 'stop':
      await driver().stop(rotor);
      return { message: 'stopped', sessionId: null };
    case 'park':
      await parkRotor(parts, rotor);
      return { message: 'parking', sessionId: null };
    case 'start':
      return startSchedule(parts, rotor, message.schedule_id ?? 0);
    default:
      return act(parts, rotor, command, message.session_id);
  }
}

const ANSWERS: Record<SessionAction, string> = {
  pause: 'pausing',
  resume: 'resuming',
  cancel: 'cancelling',
};

async function act(
  parts: CommandParts,
  rotor: RotorRow,
  action: SessionAction,
  named: number | undefined,
): Promise<Done> {
  const sessionId = named ?? (await currentSession(parts.db, rotor.id));
  if (sessionId === undefined)
    throw new SkyScanError('wrong_state', `Cannot ${action}: rotor ${rotor.id} has no scan`);
  if (named !== undefined && (await findSession(parts.db, named))?.rotor_id !== rotor.id)
    throw new SkyScanError('not_found', `Session ${named} is not one of rotor ${rotor.id}`);
  await actOnScan(parts, action, sessionId);
  return { message: `${ANSWERS[action]} scan ${sessionId}`, sessionId };
}

/** The scan that has the rotor, else the one that waits for it. */
async function currentSession(db: Queryable, rotorId: number): Promise<number | undefined> {
  for (const status of ['running', 'paused', 'pending'] as const) {
    const [session] = await listSessions(db, { rotor_id: rotorId, status, limit: 1 });
    if (session) return session.id;
  }
  return undefined;
}

/** Starts the scan of a schedule now, or not at all: a command does not wait for its rotor. */
async function startSchedule(parts: CommandParts, rotor: RotorRow, scheduleId: number): Promise<Done> {
  const schedule = await findSchedule(parts.db, scheduleId);
  if (schedule?.rotor_id !== rotor.id)
    throw new SkyScanError('not_found', `Schedule ${scheduleId} is not one of rotor ${rotor.id}`);
  const { name, scan } = schedule.request;
  const at = new Date(parts.nowMs());
  const refuseIfBusy = async (tx: Queryable, exceptId?: number) => {
    if (await hasSessions(tx, rotor.id, ['pending', 'running', 'paused'], exceptId))
      throw new SkyScanError('busy', `Cannot start: rotor ${rotor.id} has a scan`);
  };
  await refuseIfBusy(parts.db);
  const session = await startScan(parts, { ...scan, notes: scan.notes ?? name }, async (tx, { id }) => {
    await refuseIfBusy(tx, id);
    const run = await insertRun(tx, {
      schedule_id: scheduleId,
      due_at: at,
      status: 'waiting',
      is_manual: true,
    });
    if (!run || !(await endRun(tx, run.id, { status: 'started', at, sessionId: id })))
      throw new SkyScanError('busy', `Schedule ${scheduleId} has a run at this moment`);
  });
  return { message: `started scan ${session.id} of schedule ${scheduleId}`, sessionId: session.id };
}
