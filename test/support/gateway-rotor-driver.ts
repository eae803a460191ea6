import {
  RotorDriverDefinition,
  type CharacteriseResponse,
  type RotorDriverServiceImplementation,
} from '#proto/rotor_driver';
import type { RotorCharacteristics } from '#proto/characteristics';
import type { RotorConfig, TravelLimits } from '#proto/common';
import { SkyScanError } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import { createLogger } from '#shared/runtime/logger';
import { PATIENT } from './patience.ts';

/** A rotor-driver without hardware that records its calls. */
export interface FakeRotorDriver {
  address: string;
  /** Method and rotor id. */
  calls: [string, number][];
  rotors: RotorConfig[];
  /** Error that every method except `stop` throws, if set. */
  failure: SkyScanError | undefined;
  /** Limits that its rotator reports. */
  reportedLimits: TravelLimits | undefined;
  resolutionDeg: number | undefined;
  /** Remarks about its settings, and the reason why it cannot be used. */
  remarks: string[];
  trouble: string | undefined;
  /** The last rotor settings received through `allow`. */
  allowed: RotorConfig[];
  /** Rotors that are held or moving. */
  inUse: Set<number>;
  /**
   * Result of a characterisation after two steps; undefined: it runs until it is cancelled or until
   * `endCharacterising`.
   */
  characteristics: RotorCharacteristics | undefined;
  /** Ends a running characterisation: with an error, as a stop does, or with a result. */
  endCharacterising: (end: SkyScanError | RotorCharacteristics) => void;
  /** Number of running characterisations. */
  characterising: number;
  close(): Promise<void>;
}

export async function startFakeRotorDriver(site = LOCAL_SITE.name): Promise<FakeRotorDriver> {
  const position = {
    pointing: { azimuthDeg: 123.4, elevationDeg: 45.6 },
    moving: false,
    measuredAtMs: Date.UTC(2026, 1, 14, 2, 0, 0, 250),
  };
  const fake: Omit<FakeRotorDriver, 'address' | 'close'> = {
    calls: [],
    rotors: [],
    failure: undefined,
    reportedLimits: undefined,
    resolutionDeg: undefined,
    remarks: [],
    trouble: undefined,
    allowed: [],
    inUse: new Set(),
    characteristics: undefined,
    endCharacterising: () => undefined,
    characterising: 0,
  };
  function untilEnded(signal: AbortSignal): Promise<RotorCharacteristics> {
    return new Promise((resolve, reject) => {
      fake.endCharacterising = (end) => (end instanceof SkyScanError ? reject(end) : resolve(end));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
  async function* characterise(signal: AbortSignal): AsyncGenerator<CharacteriseResponse> {
    const step = (fraction: number): CharacteriseResponse => ({
      event: { $case: 'progress', value: { fraction, step: 'azimuth: first move', position } },
    });
    fake.characterising++;
    try {
      yield step(0);
      const found = fake.characteristics ?? (await untilEnded(signal));
      yield step(0.5);
      yield { event: { $case: 'result', value: found } };
    } finally {
      fake.characterising--;
    }
  }
  const answer =
    <T>(method: string, value: T) =>
    ({ rotor }: { rotor: RotorConfig | undefined }): Promise<T> => {
      if (rotor) fake.rotors.push(rotor);
      fake.calls.push([method, rotor?.id ?? 0]);
      return fake.failure && method !== 'stop' ? Promise.reject(fake.failure) : Promise.resolve(value);
    };
  const implementation: RotorDriverServiceImplementation = {
    probe: answer('probe', {
      model: 'Fake 3000',
      position,
      dialect: 'hamlib',
      hasRssi: false,
      get reportedLimits() {
        return fake.reportedLimits;
      },
      get resolutionDeg() {
        return fake.resolutionDeg;
      },
      get remarks() {
        return fake.remarks;
      },
      get trouble() {
        return fake.trouble;
      },
      attempts: ['+p: answered after 3 ms'],
    }),
    readClock: () => Promise.resolve({ monotonicMs: performance.now() }),
    getPosition: answer('position', { position }),
    turn: ({ rotor, turn = 0 }) =>
      answer('turn', {
        turn,
        known: true,
        possible: [0, 1],
        azimuthDeg: 12.5 + 360 * turn,
        reportedDeg: 12.5,
      })({
        rotor,
      }),
    async *move({ rotor }) {
      yield await answer('move', { position })({ rotor });
    },
    async *park({ rotor }) {
      yield await answer('park', { position })({ rotor });
    },
    stop: ({ rotor, rotorId }) => {
      if (rotor) return answer('stop', { position })({ rotor });
      if (!fake.inUse.has(rotorId))
        return Promise.reject(new SkyScanError('not_found', `rotor ${rotorId} is not in use`));
      fake.calls.push(['stop', rotorId]);
      return Promise.resolve({ position });
    },
    allow({ rotors }) {
      fake.allowed = rotors;
      return Promise.resolve({});
    },
    inUse: ({ rotorId }) => Promise.resolve({ inUse: fake.inUse.has(rotorId) }),
    async *characterise({ rotor }, { signal }) {
      await answer('characterise', undefined)({ rotor });
      yield* characterise(signal);
    },
    watchPosition: unused,
    hold: unused,
    slew: unused,
    measureRssi: () => Promise.reject(new SkyScanError('unsupported', 'not part of this fake')),
  };
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    security: PATIENT,
    site,
    serviceName: RotorDriverDefinition.fullName,
    logger: createLogger('fake-rotor-driver', 'silent'),
    add: (grpc) => grpc.add(RotorDriverDefinition, implementation),
  });
  return Object.assign(fake, { address: server.address, close: () => server.close() });
}

async function* unused(): AsyncGenerator<never> {
  throw await Promise.resolve(new SkyScanError('unsupported', 'not part of this fake'));
}
