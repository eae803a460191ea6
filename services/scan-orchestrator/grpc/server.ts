import type { ScanOrchestratorServiceImplementation } from '#proto/scan_orchestrator';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { Clock } from '#shared/runtime/clock';
import type { Pointing } from '#shared/sky/pointing';
import type { SunKeepOut } from '#shared/sky/sun-keep-out';
import { DEFAULT_RECEIVER, type RotorConfig } from '#shared/rotor/rotor-config';
import {
  pointingFromMessage,
  receiverFromMessage,
  rotorConfigFromMessage,
} from '#shared/rotor/rotor-messages';
import { summariseReads } from '../domain/measurement.ts';
import { planJob } from '../engine/planning.ts';
import { record } from '../engine/record.ts';
import type { IqRecorder, Planner, Receiver, ReceiverFacts, RotorFacts, Rotors } from '../engine/ports.ts';
import type { Spec } from '../engine/session-record.ts';
import type { Supervisor } from '../engine/supervisor.ts';
import { tuningsOf } from '../engine/tunings.ts';
import type { Receivers } from '../clients/sdr-sampler.ts';
import { rangeToMessage, refinementFromMessage } from './refine-messages.ts';
import {
  planToMessage,
  pointToMessage,
  sessionToMessage,
  specFromMessage,
  statusFromMessage,
} from './messages.ts';

const MAX_REPLAYED = 1_000;
// A preview is interactive: if the rotor does not answer in time, the plan ignores its position.
const POSITION_TIMEOUT_MS = 1_000;

/** The gRPC service: parses requests, calls the supervisor, maps the results. */
export function createService(parts: {
  supervisor: Supervisor;
  rotors: Rotors;
  receivers: Receiver & Receivers & IqRecorder;
  planner: Planner;
  clock: Pick<Clock, 'unixMs'>;
  /** The rule of the site for the Sun; undefined: none. */
  sun?: SunKeepOut | undefined;
  /** The suspend conditions that hold; undefined while none does. */
  suspended: () => string | undefined;
  /** `id` survives restarts, `run` does not. */
  identity: { id: string; run: string };
  /** The reason for which a gateway does not use this orchestrator; undefined: it does. */
  onConflict: (reason: string | undefined) => void;
}): ScanOrchestratorServiceImplementation {
  const { supervisor, rotors, receivers, planner, clock, sun, suspended, identity, onConflict } = parts;
  const startAt = (unixMs = clock.unixMs()) => ({ unixMs, sun });
  return {
    async preview(request, { signal }) {
      const rotor = rotorConfigFromMessage(request.rotor);
      const spec = specFromMessage(request.spec);
      requireTimedReads(spec, rotor, rotor.rssiSource === 'sdr');
      const from = await positionOf(rotors, rotor, signal);
      const job = planJob(spec, rotor, startAt(request.startMs), undefined, from);
      const { plan } = await planner.plan(job, signal);
      return { plan: planToMessage(plan, rangeToMessage(spec, job)) };
    },
    async planSession(request, { signal }) {
      const plan = await supervisor.planOf(request.sessionId, planner, signal);
      if (plan) return { plan: planToMessage(plan) };
      const job = planJob(specFromMessage(request.spec), rotorConfigFromMessage(request.rotor), startAt());
      return { plan: planToMessage((await planner.plan(job, signal)).plan) };
    },
    async probe(request, { signal }) {
      const spec = specFromMessage(request.spec);
      const rotor = rotorConfigFromMessage(request.rotor);
      const facts = await probeRotor(rotors, rotor, signal);
      const { description, gainDb, timesReads } = await probeRssi(receivers, spec, rotor, facts, signal);
      requireTimedReads(spec, rotor, timesReads);
      const job = planJob(spec, rotor, startAt(request.startMs), facts.reportedLimits, facts.position);
      const { plan } = await planner.plan(job, signal);
      return {
        plan: planToMessage(plan, rangeToMessage(spec, job)),
        rotorModel: facts.model,
        receiver: description,
        ...(gainDb !== undefined && { receiverGainDb: gainDb }),
      };
    },
    async start(request) {
      const { stored } = request;
      if (request.sessionId < 1)
        throw new SkyScanError('invalid', `session_id ${request.sessionId} must be at least 1`);
      await supervisor.start({
        sessionId: request.sessionId,
        ...specFromMessage(request.spec),
        rotor: rotorConfigFromMessage(request.rotor),
        notes: request.notes ?? null,
        stored: stored && {
          refinement: stored.refinement && refinementFromMessage(stored.refinement),
          levelsDb: stored.levelsDb,
          status: statusFromMessage(stored.status),
          revision: stored.revision,
          completedPoints: stored.completedPoints,
          storedCells: stored.storedCells,
          startedAtMs: stored.startedAtMs ?? null,
        },
      });
      return {};
    },
    async pause({ sessionId }) {
      await supervisor.pause(sessionId);
      return {};
    },
    async resume({ sessionId }) {
      await supervisor.resume(sessionId);
      return {};
    },
    async cancel({ sessionId }) {
      await supervisor.cancel(sessionId);
      return {};
    },
    async listSessions({ conflict }) {
      onConflict(conflict);
      const sessions = supervisor.list().map(sessionToMessage);
      return Promise.resolve({ sessions, unixMs: Date.now(), identity });
    },
    async replayPoints({ sessionId, afterSeq, limit, spectra }) {
      const atMost = Math.min(limit || MAX_REPLAYED, MAX_REPLAYED);
      const points = await supervisor.replay(sessionId, afterSeq, atMost, spectra);
      return { points: points.map(pointToMessage) };
    },
    getRefinement: ({ sessionId }) => Promise.resolve({ refinement: supervisor.refinementOf(sessionId) }),
    async confirmRecorded({ sessionId, upToSeq, revision }) {
      await supervisor.confirm(sessionId, upToSeq, revision);
      return {};
    },
    async listReceivers(_request, { signal }) {
      return { receivers: await receivers.list(signal) };
    },
    async measureLevel(request, { signal }) {
      const settings = receiverFromMessage(request.settings);
      const user = supervisor.sessionUsing(settings.name ?? DEFAULT_RECEIVER);
      if (user !== undefined)
        throw new SkyScanError(
          'busy',
          `receiver ${settings.name} is in use by session ${user}; pause the session or wait until it ends`,
        );
      const { reads, gainDb, tuningVersion } = await receivers.read(settings, request.reads, signal);
      const { meanDbm, stdDb, flags } = summariseReads(reads, true);
      return { meanDb: meanDbm, stdDb, flags, gainDb, tuningVersion };
    },
    async *record({ rotor, durationMs, target }, { signal }) {
      const job = {
        rotor: rotorConfigFromMessage(rotor),
        durationMs,
        target: target && pointingFromMessage(target, 'target'),
      };
      const sessionUsing = (receiver: string) => supervisor.sessionUsing(receiver);
      const recorded = await record({ rotors, receivers, sessionUsing, suspended }, job, signal);
      const { iq, readback, ...recording } = recorded;
      yield { part: { $case: 'recording', value: { recording, readback } } };
      for await (const block of iq) yield { part: { $case: 'iq', value: block } };
    },
  };
}

/** The rotor's position; undefined when it does not answer in time. Moves nothing. */
async function positionOf(
  rotors: Rotors,
  rotor: RotorConfig,
  signal: AbortSignal,
): Promise<Pointing | undefined> {
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(POSITION_TIMEOUT_MS)]);
  try {
    return (await rotors.probe(rotor, timeout)).position;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function probeRotor(rotors: Rotors, rotor: RotorConfig, signal: AbortSignal): Promise<RotorFacts> {
  try {
    return await rotors.probe(rotor, signal);
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'unavailable' && kind !== 'timeout') throw error;
    // Whatever failed on the way, clients get one error: rotctld is unreachable, with the reason.
    throw new SkyScanError(kind, errorMessage(error), { cause: error, details: { peer: 'rotctld' } });
  }
}

/** Describes the receiver with the first tuning; checks every tuning. */
async function probeRssi(
  receiver: Receiver,
  spec: Spec,
  rotor: RotorConfig,
  facts: RotorFacts,
  signal: AbortSignal,
): Promise<Pick<ReceiverFacts, 'description' | 'gainDb' | 'timesReads'>> {
  if (rotor.rssiSource === 'sdr') {
    const [first, ...others] = tuningsOf(spec, rotor.receiver);
    const described = await receiver.describe(first, signal);
    for (const tuning of others) await receiver.describe(tuning, signal);
    return described;
  }
  if (spec.spectrum || spec.bands)
    throw new SkyScanError(
      'out_of_range',
      'the receiver behind rotctld (rssi_source rotctld) has no spectra and no bands',
    );
  if (rotor.rssiSource === 'rotctld' && facts.hasRssi)
    return { description: `receiver of ${facts.model}`, gainDb: undefined, timesReads: false };
  throw new SkyScanError('unsupported', 'Rotor does not support RSSI');
}

/** Throws `out_of_range` for an on-the-fly scan with a receiver whose reads have no exact times. */
function requireTimedReads({ mode }: Spec, { rssiSource, receiver }: RotorConfig, timesReads: boolean): void {
  if (mode !== 'on_the_fly' || timesReads) return;
  const source =
    rssiSource === 'sdr'
      ? `receiver ${receiver.name ?? DEFAULT_RECEIVER} (rtl_power)`
      : 'the receiver behind rotctld (rssi_source rotctld)';
  throw new SkyScanError(
    'out_of_range',
    `scan_mode on_the_fly needs reads with exact times, which ${source} does not provide: use scan_mode step`,
  );
}
