import { setTimeout as delay } from 'node:timers/promises';
import {
  RotorDriverDefinition,
  type HoldRequest,
  type HoldResponse,
  type RotorDriverServiceImplementation,
} from '#proto/rotor_driver';
import { SdrSamplerDefinition, type SdrSamplerServiceImplementation } from '#proto/sdr_sampler';
import { SkyScanError } from '#shared/base/errors';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import { createLogger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import {
  heldByError,
  LeaseManager,
  LeaseOverError,
  type RotorLease,
} from '../../services/rotor-driver/motion/rotor-lease.ts';
import { RELEASED } from '../../services/rotor-driver/domain/lease.ts';
import { PATIENT } from './patience.ts';

/**
 * gRPC servers of rotor-driver and sdr-sampler without hardware: slews and reads complete after a
 * short pause.
 */
export interface InstantHardware {
  driverAddress: string;
  samplerAddress: string;
  /** Leases granted, in order, with their holders (`session 7`). */
  grants: { rotorId: number; holder: string }[];
  /** Number of accepted slews. */
  slews: number;
  close(): Promise<void>;
}

interface FakeRotor {
  leases: LeaseManager;
}

/**
 * `pauseMs`: duration of a slew or a measurement, evaluated each time; below 1: no timer at all.
 */
export async function startInstantHardware(pauseMs: () => number): Promise<InstantHardware> {
  const logger = createLogger('instant-hardware', 'silent');
  const rotors = new Map<number, FakeRotor>();
  let tokens = 0;
  const pointing = { azimuthDeg: 0, elevationDeg: 0 };
  const now = () => ({ pointing: { ...pointing }, moving: false, measuredAtMs: Date.now() });
  const hardware = { grants: [] as InstantHardware['grants'], slews: 0 };

  const rotorOf = (id: number): FakeRotor => {
    const rotor = rotors.get(id) ?? { leases: new LeaseManager(() => undefined) };
    rotors.set(id, rotor);
    return rotor;
  };
  const moment = async (signal?: AbortSignal) => {
    const ms = pauseMs();
    if (ms >= 1) await delay(ms, undefined, { ...(signal && { signal }) });
  };
  const whileFree = async function* (id: number) {
    await moment();
    const { holder } = rotorOf(id).leases;
    if (holder !== undefined) throw heldByError(holder);
    yield { position: now() };
  };

  async function* hold(
    requests: AsyncIterable<HoldRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<HoldResponse> {
    const stream = requests[Symbol.asyncIterator]();
    const first = await stream.next();
    const action = first.done ? undefined : first.value.action;
    if (action?.$case !== 'acquire' || !action.value.rotor)
      throw new SkyScanError('invalid', 'the first message of a hold must be acquire');
    const { holder, rotor } = action.value;
    const lease = rotorOf(rotor.id).leases.grant(++tokens, { name: holder });
    hardware.grants.push({ rotorId: rotor.id, holder });
    void listen(stream, lease).catch(() => lease.disconnect());
    try {
      await moment();
      yield { event: { $case: 'granted', value: { token: lease.token, position: now() } } };
      await orAborted(over(lease.over), signal);
      const end = lease.over.reason instanceof LeaseOverError ? lease.over.reason.end : RELEASED;
      if (end !== RELEASED) yield { event: { $case: 'revoked', value: end } };
    } finally {
      lease.disconnect();
    }
  }

  const driver: RotorDriverServiceImplementation = {
    probe: () => Promise.resolve({ model: 'instant', position: now(), dialect: 'hamlib', hasRssi: false }),
    getPosition: () => Promise.resolve({ position: now() }),
    turn: () => Promise.resolve({ turn: 0, known: true, possible: [0], azimuthDeg: 0, reportedDeg: 0 }),
    allow: () => Promise.resolve({}),
    inUse: ({ rotorId }) => Promise.resolve({ inUse: rotorOf(rotorId).leases.holder !== undefined }),
    readClock: () => Promise.resolve({ monotonicMs: performance.now() }),
    async *watchPosition() {
      await Promise.resolve();
      yield { position: now() };
    },
    hold: (requests, { signal }) => hold(requests, signal),
    async *slew({ rotorId, token, target }, { signal }) {
      const lease = rotorOf(rotorId).leases.require(token);
      hardware.slews++;
      await moment(AbortSignal.any([lease, signal]));
      lease.throwIfAborted();
      const readback = { pointing: target, moving: false, measuredAtMs: Date.now() };
      yield { event: { $case: 'settled', value: { readback, settledAtMonotonicMs: performance.now() } } };
    },
    measureRssi: () => Promise.reject(new SkyScanError('unsupported', 'an instant rotor has no receiver')),
    async *characterise() {
      await Promise.resolve();
      yield {};
    },
    move: ({ rotor }) => whileFree(rotor?.id ?? 0),
    park: ({ rotor }) => whileFree(rotor?.id ?? 0),
    async stop({ rotor, token }) {
      const { leases } = rotorOf(rotor?.id ?? 0);
      await moment();
      if (token === undefined) leases.revoke({ reason: 'stopped by request', mayReacquire: false });
      else leases.require(token);
      return { position: now() };
    },
  };

  const sampler: SdrSamplerServiceImplementation = {
    describe: () =>
      Promise.resolve({
        tuner: 'instant',
        gainsDb: [20],
        sampleRateHz: 2e6,
        receivers: ['instant'],
        timesReads: false,
        recordsIq: false,
      }),
    readClock: () => Promise.resolve({ monotonicMs: performance.now(), clock: 'instant' }),
    survey: () => Promise.resolve({ receivers: [] }),
    async measure({ reads }, { signal }) {
      await moment(signal);
      const read = { levelDb: -90, clippedFraction: 0, rmsLsb: 10, droppedSamples: 0 };
      return {
        reads: Array.from({ length: reads }, () => ({ ...read, startedAtMs: Date.now() })),
        gainDb: 20,
      };
    },
    async *streamReads() {
      await Promise.resolve();
      yield {};
    },
    async *recordIq() {
      await Promise.resolve();
      yield {};
    },
  };

  const common = { host: '127.0.0.1', port: 0, security: PATIENT, logger };
  const [driverServer, samplerServer] = await Promise.all([
    startGrpcServer({
      ...common,
      serviceName: RotorDriverDefinition.fullName,
      add: (grpc) => grpc.add(RotorDriverDefinition, driver),
    }),
    startGrpcServer({
      ...common,
      serviceName: SdrSamplerDefinition.fullName,
      add: (grpc) => grpc.add(SdrSamplerDefinition, sampler),
    }),
  ]);
  return Object.assign(hardware, {
    driverAddress: driverServer.address,
    samplerAddress: samplerServer.address,
    async close() {
      await Promise.all([driverServer.close(), samplerServer.close()]);
    },
  });
}

async function listen(stream: AsyncIterator<HoldRequest>, lease: RotorLease): Promise<void> {
  for (let next = await stream.next(); !next.done && !lease.over.aborted; next = await stream.next()) {
    if (next.value.action?.$case === 'heartbeat') lease.heartbeat();
    else if (next.value.action?.$case === 'release') lease.release();
  }
  lease.disconnect();
}

function over(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
