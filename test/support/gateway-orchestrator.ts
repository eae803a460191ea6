import { hasEnded, type SessionStatus as SessionStatusName } from '#contract/session-status';
import {
  ScanOrchestratorDefinition,
  SessionStatus,
  type MeasuredPoint,
  type Refinement,
  type ScanOrchestratorServiceImplementation,
  type SessionState,
  type StartRequest,
} from '#proto/scan_orchestrator';
import type { ScanSpec } from '#proto/scan_spec';
import type { MeasureLevelRequest, RecordRequest } from '#proto/receivers';
import type { Pointing, ReceiverInfo } from '#proto/common';
import { SkyScanError } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import { startGrpcServer, type RunningGrpcServer } from '#shared/runtime/grpc-server';
import { createLogger } from '#shared/runtime/logger';
import { progressPct, toDataPoint, type PointMessage, type StatusMessage } from '#contract/mqtt-messages';
import { measurementOf } from '#contract/point-record';
import { nextPoint, pointOf, shape, T0_MS } from './gateway-points.ts';
import { PATIENT } from './patience.ts';

type Method = keyof ScanOrchestratorServiceImplementation;
type UnaryMethod = Exclude<Method, 'record'>;

interface FakeSession {
  start: StartRequest;
  status: SessionStatusName;
  revision: number;
  notes: string | null;
  completed: number;
  confirmedRevision: number;
  startedAtMs: number;
  finishedAtMs: number;
  /** Points that are not confirmed yet. */
  journal: MeasuredPoint[];
  refinement?: Refinement | undefined;
}

const CODES = {
  pending: SessionStatus.SESSION_STATUS_PENDING,
  running: SessionStatus.SESSION_STATUS_RUNNING,
  paused: SessionStatus.SESSION_STATUS_PAUSED,
  completed: SessionStatus.SESSION_STATUS_COMPLETED,
  cancelled: SessionStatus.SESSION_STATUS_CANCELLED,
} as const;

/** What the sessions measure. */
export interface FakeMeasurements {
  /** Start of a session that is handed over now. */
  startsAtMs(): number;
  /** When a session of so many points has ended. */
  endsAtMs(startedAtMs: number, points: number): number;
  pointOf(spec: ScanSpec, seq: number, startedAtMs: number): MeasuredPoint;
}

/** The same points at the same time in every session. */
const SAME: FakeMeasurements = {
  startsAtMs: () => T0_MS,
  endsAtMs: () => T0_MS + 1_000,
  pointOf,
};

const RECORDED_RATE_HZ = 1_024_000;

/** The bytes of a recording of the fake orchestrator. */
export function recordedIq(samples: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: 2 * samples }, (_, k) => (7 * k) % 251));
}

/** A scan-orchestrator without hardware: the test measures points and changes statuses. */
export interface FakeOrchestrator {
  address: string;
  sessions: Map<number, FakeSession>;
  /** Ids in the order of the Start calls. */
  started: number[];
  calls: Method[];
  /** Result of MeasureLevel; tests change it. */
  level: { meanDb: number; stdDb: number; flags: string[]; gainDb: number; tuningVersion: number };
  receivers: ReceiverInfo[];
  /** Undefined: as of version 0.2.0. */
  identity: { id: string; run: string } | undefined;
  /** Why the gateway does not use it, as of its last ListSessions. */
  conflict: string | undefined;
  /** The requests to MeasureLevel. */
  measuredLevels: MeasureLevelRequest[];
  /** The requests to Record. */
  recordings: RecordRequest[];
  /** Methods that fail, until their entry is deleted. */
  failing: Map<Method, SkyScanError>;
  /** Measures the next point of a session and keeps it in the journal; returns the MQTT message. */
  measure(sessionId: number): PointMessage;
  /** Changes the status; returns the MQTT message. */
  setStatus(sessionId: number, status: SessionStatusName, notes?: string | null): StatusMessage;
  /** Adds points to the grid of a session; returns the MQTT message. */
  refine(sessionId: number, points: Pointing[], note?: string): StatusMessage;
  /** Stops the server; the state remains. */
  stop(): Promise<void>;
  /** Starts the server again on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeOrchestrator(
  site = LOCAL_SITE.name,
  measurements = SAME,
): Promise<FakeOrchestrator> {
  const sessions = new Map<number, FakeSession>();
  const started: number[] = [];
  const calls: Method[] = [];
  const failing: FakeOrchestrator['failing'] = new Map();
  const level: FakeOrchestrator['level'] = {
    meanDb: -40,
    stdDb: 0.03,
    flags: [],
    gainDb: 29.7,
    tuningVersion: 2,
  };
  const measuredLevels: MeasureLevelRequest[] = [];
  const recordings: RecordRequest[] = [];
  const receivers: ReceiverInfo[] = [
    { name: 'default', tuner: { model: 'R820T', gainsDb: [0, 29.7, 49.6], sampleRateHz: 2_048_000 } },
    { name: 'roof', trouble: 'rtl_tcp at 127.0.0.1:1 does not answer' },
  ];
  let server: RunningGrpcServer | undefined;
  const fake: Pick<FakeOrchestrator, 'identity' | 'conflict'> = { identity: undefined, conflict: undefined };

  const known = (id: number): FakeSession => {
    const session = sessions.get(id);
    if (!session) throw new SkyScanError('not_found', `session ${id} is unknown`);
    return session;
  };
  const need = (id: number, states: SessionStatusName[], next: SessionStatusName) => {
    const session = known(id);
    if (!states.includes(session.status))
      throw new SkyScanError('wrong_state', `session ${id} is ${session.status}`, {
        details: { state: session.status },
      });
    setStatus(id, next);
    return {};
  };
  function setStatus(id: number, status: SessionStatusName, notes: string | null = null): StatusMessage {
    const session = known(id);
    session.status = status;
    session.revision++;
    session.notes = notes ?? session.start.notes ?? null;
    session.finishedAtMs = measurements.endsAtMs(session.startedAtMs, session.completed);
    return statusOf(id);
  }
  function statusOf(id: number): StatusMessage {
    const session = known(id);
    const { status } = session;
    const totalPoints = totalOf(session);
    return {
      session_id: id,
      status,
      point: null,
      progress_pct: progressPct(session.completed, totalPoints),
      completed: session.completed,
      total: totalPoints,
      revision: session.revision,
      notes: session.notes,
      started_at: status === 'pending' ? null : new Date(session.startedAtMs).toISOString(),
      finished_at: hasEnded(status) ? new Date(session.finishedAtMs).toISOString() : null,
      eta: null,
    };
  }
  function refine(id: number, points: Pointing[], note = 'Refined.'): StatusMessage {
    const session = known(id);
    Object.assign(session, { refinement: { points, note }, revision: session.revision + 1, notes: note });
    return statusOf(id);
  }
  function measure(id: number): PointMessage {
    const session = known(id);
    const { spec } = session.start;
    const totalPoints = totalOf(session);
    const point = nextPoint(session, spec as ScanSpec, (own, seq) =>
      measurements.pointOf(own, seq, session.startedAtMs),
    );
    session.journal.push(point);
    session.completed++;
    const measurement = measurementOf(point);
    return {
      session_id: id,
      status: session.status,
      point: toDataPoint(measurement),
      progress_pct: progressPct(session.completed, totalPoints),
      completed: session.completed,
      total: totalPoints,
      seq: point.seq,
      measurement,
      site,
    };
  }

  const implementation: ScanOrchestratorServiceImplementation = {
    preview: (request) => Promise.resolve({ plan: planOf(request) }),
    probe: (request) =>
      Promise.resolve({
        plan: planOf(request),
        rotorModel: 'Fake',
        receiver: 'fake',
        receiverGainDb: level.gainDb,
      }),
    planSession: (request) => Promise.resolve({ plan: planOf(request) }),
    listReceivers: () => Promise.resolve({ receivers }),
    measureLevel(request) {
      measuredLevels.push(request);
      return Promise.resolve(level);
    },
    async *record(request) {
      calls.push('record');
      const error = failing.get('record');
      if (error) throw error;
      recordings.push(request);
      await Promise.resolve();
      const centerHz = request.rotor?.receiver?.centerFrequencyHz ?? 0;
      const samples = Math.round(request.durationMs * (RECORDED_RATE_HZ / 1000));
      const recording = {
        tuner: 'R820T',
        sampleRateHz: RECORDED_RATE_HZ,
        tunerFrequencyHz: centerHz - 250_000,
        gainDb: level.gainDb,
        startedAtMs: T0_MS,
        samples,
      };
      const readback = request.target ?? { azimuthDeg: 10, elevationDeg: 20 };
      yield { part: { $case: 'recording', value: { recording, readback } } };
      const iq = recordedIq(samples);
      for (let at = 0; at < iq.length; at += 50_001)
        yield { part: { $case: 'iq', value: iq.subarray(at, at + 50_001) } };
    },
    start(request) {
      const { sessionId, stored } = request;
      if (sessions.has(sessionId)) return Promise.resolve({});
      started.push(sessionId);
      const startedAtMs = stored?.startedAtMs ?? measurements.startsAtMs();
      sessions.set(sessionId, {
        start: request,
        status:
          (Object.keys(CODES) as SessionStatusName[]).find((word) => CODES[word] === stored?.status) ??
          'pending',
        revision: stored?.revision ?? 1,
        notes: request.notes ?? null,
        completed: stored?.completedPoints ?? 0,
        confirmedRevision: 0,
        startedAtMs,
        finishedAtMs: startedAtMs,
        journal: [],
      });
      return Promise.resolve({});
    },
    pause: ({ sessionId }) => Promise.resolve().then(() => need(sessionId, ['running'], 'paused')),
    resume: ({ sessionId }) => Promise.resolve().then(() => need(sessionId, ['paused'], 'running')),
    cancel: ({ sessionId }) =>
      Promise.resolve().then(() => need(sessionId, ['pending', 'running', 'paused'], 'cancelled')),
    listSessions({ conflict }) {
      fake.conflict = conflict;
      return Promise.resolve({
        sessions: [...sessions].map(([id, session]): SessionState => stateOf(id, session)),
        ...(fake.identity && { identity: fake.identity }),
      });
    },
    replayPoints: ({ sessionId, afterSeq, limit, spectra }) =>
      Promise.resolve().then(() => ({
        points: known(sessionId)
          .journal.filter(({ seq }) => seq > afterSeq)
          .slice(0, limit)
          .map((point) => (spectra ? point : { ...point, spectra: [] })),
      })),
    getRefinement: ({ sessionId }) => Promise.resolve({ refinement: known(sessionId).refinement }),
    confirmRecorded({ sessionId, upToSeq, revision }) {
      const session = known(sessionId);
      session.journal = session.journal.filter(({ seq }) => seq > upToSeq);
      session.confirmedRevision = revision;
      const ended = hasEnded(session.status);
      if (ended && session.journal.length === 0 && revision >= session.revision) sessions.delete(sessionId);
      return Promise.resolve({});
    },
  };
  const methods = implementation as unknown as Record<UnaryMethod, (...args: unknown[]) => Promise<never>>;
  for (const method of Object.keys(implementation).filter((name) => name !== 'record') as UnaryMethod[]) {
    const original = methods[method];
    methods[method] = (...args) => {
      calls.push(method);
      const error = failing.get(method);
      return error ? Promise.reject(error) : original(...args);
    };
  }

  const serve = (port: number) =>
    startGrpcServer({
      host: '127.0.0.1',
      port,
      security: PATIENT,
      site,
      serviceName: ScanOrchestratorDefinition.fullName,
      logger: createLogger('fake-orchestrator', 'silent'),
      add: (grpc) => grpc.add(ScanOrchestratorDefinition, implementation),
    });
  server = await serve(0);
  const { port, address } = server;
  const stop = async () => {
    await server?.close();
    server = undefined;
  };
  return Object.assign(fake, {
    address,
    sessions,
    started,
    calls,
    level,
    receivers,
    measuredLevels,
    recordings,
    failing,
    measure,
    refine,
    setStatus,
    stop,
    async restart() {
      await stop();
      server = await serve(port);
    },
    close: stop,
  });
}

function stateOf(id: number, session: FakeSession): SessionState {
  const moved = session.status !== 'pending';
  const ended = hasEnded(session.status);
  return {
    sessionId: id,
    rotorId: session.start.rotor?.id ?? 0,
    status: CODES[session.status],
    revision: session.revision,
    notes: session.notes ?? undefined,
    completedPoints: session.completed,
    totalPoints: totalOf(session),
    ...(moved && { startedAtMs: session.startedAtMs }),
    ...(ended && { finishedAtMs: session.finishedAtMs }),
  };
}

function planOf({ spec }: { spec?: ScanSpec | undefined }) {
  const { rows, columns, totalPoints } = shape(spec);
  const turningPoints = [{ azimuthDeg: spec?.azStartDeg ?? 0, elevationDeg: spec?.elStartDeg ?? 0 }];
  return {
    rows,
    columns,
    totalPoints,
    expectedDurationS: totalPoints,
    turningPoints,
    warnings: ['a warning'],
    notes: spec && spec.stepDeg < 0.5 ? ['a permanent warning'] : [],
    ...(spec?.refine && { refine: { maxPoints: spec.refine.maxPoints ?? 50, maxDurationS: 60 } }),
  };
}

function totalOf({ start, refinement }: FakeSession): number {
  return shape(start.spec).totalPoints + (refinement?.points.length ?? 0);
}
