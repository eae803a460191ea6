import { ScanOrchestratorDefinition } from '#proto/scan_orchestrator';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import type { Pointing } from '#shared/sky/pointing';
import { readClock, type ClockReading } from '../domain/clocks.ts';
import type { SessionAction } from '../domain/session-rules.ts';
import type { OrchestratorIdentity } from '../domain/site-claim.ts';
import type { StoredRefinement } from '../domain/stored-refinement.ts';
import type { RefinableRequest, SessionRow } from '../store/sessions.ts';
import type { Finding } from './health-check.ts';
import { createPeerCalls } from './peer-errors.ts';
import { recordingFrom, type Recording } from './recordings.ts';
import { rotorMessage, type Rotor } from './rotor-messages.ts';
import { levelFrom, type Level, type LevelSettings, type ReceiverReport } from './receiver-messages.ts';
import {
  listedReport,
  recordedPointFrom,
  planFrom,
  specMessage,
  statusMessage,
  type ListedReport,
  type Plan,
  type ProbedPlan,
  type RecordedPoint,
} from './session-messages.ts';

/**
 * Client of the scan-orchestrator of a site. Every method throws a `SkyScanError` with a message
 * for the user.
 */
export interface Orchestrator {
  /** Plans without querying the hardware. `startMs`: of a scan with a frame; absent: now. */
  preview(request: RefinableRequest, rotor: Rotor, startMs?: number): Promise<Plan>;
  /** The plan of a session, without querying the hardware. */
  planOf(session: SessionRow): Promise<Plan>;
  /** Queries the hardware and plans; `startMs` as above. */
  probe(request: RefinableRequest, rotor: Rotor, startMs?: number): Promise<ProbedPlan>;
  /** Hands a session over; with `stored`, one that the orchestrator has lost. */
  start(session: SessionRow, stored?: StoredPoints): Promise<void>;
  /** The points added to the grid of a session; undefined: not decided yet. */
  refinement(sessionId: number): Promise<StoredRefinement | undefined>;
  /**
   * Throws `wrong_state` with the state in the details, and `not_found` for a session that the
   * orchestrator does not know.
   */
  act(action: SessionAction, sessionId: number): Promise<void>;
  /** `conflict`: why it is not used, which it logs. */
  list(signal?: AbortSignal, conflict?: string): Promise<ListedReport[]>;
  /** Whether the last call reached the service, and whether it serves our site. */
  finding: () => Finding;
  /** The orchestrator that answered the last `list`; undefined: none yet, or an older version. */
  identity: () => OrchestratorIdentity | undefined;
  /** The orchestrator's clock compared with ours, as of the last `list`. */
  clock: () => ClockReading | undefined;
  /** Measured points after `afterSeq`, at most `limit` (1,000); fewer with their spectra. */
  replay(sessionId: number, afterSeq: number, limit: number, withSpectra?: boolean): Promise<RecordedPoint[]>;
  /** Reports what is stored, so that the orchestrator can delete it. */
  confirm(sessionId: number, upToSeq: number, revision: number): Promise<void>;
  receivers(): Promise<ReceiverReport[]>;
  /** Measures a level in dBFS. Throws `busy` while a session uses the receiver. */
  measureLevel(settings: LevelSettings, reads: number): Promise<Level>;
  /**
   * Records samples of the rotor's receiver, with the rotor at `target` (undefined: where it is);
   * resolves when they are taken. The signal also ends the transfer. Throws `busy` if the rotor or
   * the receiver is in use, or delivers no samples.
   */
  record(
    rotor: Rotor,
    durationMs: number,
    target: Pointing | undefined,
    signal: AbortSignal,
  ): Promise<Recording>;
}

/** The stored points of a session. */
export interface StoredPoints {
  /** One bit per cell number, least significant bit first. */
  cells: Buffer;
  /** Of a session that is still to be refined, in the order of the cells; empty otherwise. */
  levelsDb: number[];
}

export const ORCHESTRATOR = 'scan-orchestrator';

// The orchestrator's limits for a slow rotctld (5 s, SPID 10 s) and for opening a receiver, plus a
// margin.
const HARDWARE_DEADLINE_MS = 25_000;
const DEADLINE_MS = 5_000;

export function connectOrchestrator(
  address: string,
  security: GrpcSettings,
  site: string,
): Orchestrator & { close(): void } {
  const { client, close } = createGrpcClient(ScanOrchestratorDefinition, address, security, site);
  const { call, finding } = createPeerCalls(ORCHESTRATOR);
  let clock: ClockReading | undefined;
  let identity: OrchestratorIdentity | undefined;
  const hardware = { deadline: HARDWARE_DEADLINE_MS };
  const quick = { deadline: DEADLINE_MS };
  return {
    preview: (request, rotor, startMs) =>
      call(async () => {
        const answer = await client.preview(
          { spec: specMessage(request), rotor: rotorMessage(rotor), startMs },
          quick,
        );
        return planFrom(answer.plan, hasFrame(request));
      }),
    planOf: (session) =>
      call(async () => {
        const { id, rotor } = session;
        const answer = await client.planSession(
          { sessionId: id, spec: specMessage(session), rotor: rotorMessage(rotor) },
          quick,
        );
        return planFrom(answer.plan);
      }),
    probe: (request, rotor, startMs) =>
      call(async () => {
        const answer = await client.probe(
          { spec: specMessage(request), rotor: rotorMessage(rotor), startMs },
          hardware,
        );
        return { ...planFrom(answer.plan, hasFrame(request)), receiverGainDb: answer.receiverGainDb };
      }),
    start: (session, stored) =>
      call(async () => {
        await client.start(
          {
            sessionId: session.id,
            spec: specMessage(session),
            rotor: rotorMessage(session.rotor),
            ...(session.user_notes !== null && { notes: session.user_notes }),
            ...(stored && { stored: progress(session, stored) }),
          },
          quick,
        );
      }),
    refinement: (sessionId) =>
      call(async () => {
        const { refinement } = await client.getRefinement({ sessionId }, quick);
        return (
          refinement && {
            points: refinement.points.map(({ azimuthDeg, elevationDeg }) => [azimuthDeg, elevationDeg]),
            note: refinement.note,
          }
        );
      }),
    act: (action, sessionId) =>
      call(async () => {
        await client[action]({ sessionId }, { deadline: HARDWARE_DEADLINE_MS });
      }),
    list: (signal, conflict) =>
      call(async () => {
        const [sentMs, sentAtMs] = [Date.now(), performance.now()];
        const answer = await client.listSessions({ conflict }, { ...quick, ...(signal && { signal }) });
        const nowMs = Date.now();
        identity = answer.identity;
        if (answer.unixMs !== undefined)
          clock = readClock(sentMs, performance.now() - sentAtMs, answer.unixMs);
        return answer.sessions.map((session) => listedReport(session, nowMs));
      }),
    finding,
    identity: () => identity,
    clock: () => clock,
    replay: (sessionId, afterSeq, limit, spectra = false) =>
      call(async () => {
        const answer = await client.replayPoints({ sessionId, afterSeq, limit, spectra }, quick);
        return answer.points.map(recordedPointFrom);
      }),
    confirm: (sessionId, upToSeq, revision) =>
      call(async () => {
        await client.confirmRecorded({ sessionId, upToSeq, revision }, quick);
      }),
    receivers: () =>
      call(async () => {
        const { receivers } = await client.listReceivers({}, hardware);
        return receivers.map(({ name, tuner, trouble }) => ({ name, tuner, trouble }));
      }),
    measureLevel: (settings, reads) =>
      call(async () => {
        const deadline = 1.5 * reads * settings.readMs + HARDWARE_DEADLINE_MS;
        return levelFrom(await client.measureLevel({ settings: { ...settings }, reads }, { deadline }));
      }),
    record: (rotor, durationMs, target, signal) => {
      const request = { rotor: rotorMessage(rotor), durationMs, target };
      return recordingFrom(client.record(request, { signal }), call);
    },
    close,
  };
}

function hasFrame({ frame }: RefinableRequest): boolean {
  return frame !== undefined && frame !== null;
}

function progress(session: SessionRow, { cells, levelsDb }: StoredPoints) {
  const { refined } = session;
  return {
    storedCells: cells,
    levelsDb,
    ...(refined && {
      refinement: {
        points: refined.points.map(([azimuthDeg, elevationDeg]) => ({ azimuthDeg, elevationDeg })),
        note: refined.note,
      },
    }),
    status: statusMessage(session.status),
    revision: session.revision,
    completedPoints: session.completed_points,
    ...(session.started_at && { startedAtMs: session.started_at.getTime() }),
  };
}
