import type { ScanOrchestratorServiceImplementation } from '#proto/scan_orchestrator';
import { SkyScanError, errorKind, errorMessage } from '#shared/errors';
import { rotorConfigFromMessage, type RotorConfig } from '#shared/rotor-config';
import { planOn } from '../engine/planning.ts';
import type { Receiver, RotorFacts, Rotors } from '../engine/ports.ts';
import type { Supervisor } from '../engine/supervisor.ts';
import {
  planToMessage,
  pointToMessage,
  sessionToMessage,
  specFromMessage,
  statusFromMessage,
} from './messages.ts';

const MOST_REPLAYED = 1_000;

/** The gRPC face of the orchestrator: parses, asks, maps back. */
export function createService(
  supervisor: Supervisor,
  rotors: Rotors,
  receiver: Receiver,
): ScanOrchestratorServiceImplementation {
  return {
    async preview(request) {
      const { bounds, rssiIterations } = specFromMessage(request.spec);
      return Promise.resolve({
        plan: planToMessage(planOn(bounds, rssiIterations, rotorConfigFromMessage(request.rotor))),
      });
    },
    async probe(request, { signal }) {
      const { bounds, rssiIterations } = specFromMessage(request.spec);
      const rotor = rotorConfigFromMessage(request.rotor);
      const facts = await probeRotor(rotors, rotor, signal);
      const described = await probeRssi(receiver, rotor, facts, signal);
      const plan = planOn(bounds, rssiIterations, rotor, facts.reportedLimits, facts.position);
      return { plan: planToMessage(plan), rotorModel: facts.model, receiver: described };
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
    async listSessions() {
      return Promise.resolve({ sessions: supervisor.list().map(sessionToMessage) });
    },
    async replayPoints({ sessionId, afterSeq, limit }) {
      const points = await supervisor.replay(
        sessionId,
        afterSeq,
        Math.min(limit || MOST_REPLAYED, MOST_REPLAYED),
      );
      return { points: points.map(pointToMessage) };
    },
    async confirmRecorded({ sessionId, upToSeq, revision }) {
      await supervisor.confirm(sessionId, upToSeq, revision);
      return {};
    },
  };
}

async function probeRotor(rotors: Rotors, rotor: RotorConfig, signal: AbortSignal): Promise<RotorFacts> {
  try {
    return await rotors.probe(rotor, signal);
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'unavailable' && kind !== 'timeout') throw error;
    throw new SkyScanError(kind, `Cannot connect to rotctld: ${errorMessage(error)}`, { cause: error });
  }
}

async function probeRssi(
  receiver: Receiver,
  rotor: RotorConfig,
  facts: RotorFacts,
  signal: AbortSignal,
): Promise<string> {
  if (rotor.rssiSource === 'sdr') return receiver.describe(rotor.receiver, signal);
  if (rotor.rssiSource === 'rotctld' && facts.hasRssi) return `receiver of ${facts.model}`;
  throw new SkyScanError('unsupported', 'Rotor does not support RSSI');
}
