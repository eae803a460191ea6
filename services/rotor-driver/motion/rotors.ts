import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { skyDirection } from '#shared/sky/mount';
import type { Pointing } from '#shared/sky/pointing';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { AzimuthWrapStore } from './azimuth-unwrapper.ts';
import type { MoveRestrictions } from './move-restrictions.ts';
import type { EndedMove } from './mover.ts';
import { Rotor } from './rotor.ts';
import { createPositionPublisher } from './position-publisher.ts';
import type { PublishedPosition } from './readings.ts';
import type { FencingTokenStore } from './rotor-parts.ts';
import type { RotctldClient } from './rotctld-client.ts';
import type { ExpectedPositionStore } from './disturbance-detector.ts';

/** The rotators in use, one per rotctld: two configurations of one rotctld share its lease. */
export interface Rotors {
  /** Throws `unavailable` if the host is unknown or not allowed. */
  find(config: RotorConfig): Promise<Rotor>;
  /** The rotator in use for this id, even if its configured address has changed. */
  inUse(rotorId: number): Rotor | undefined;
  /** The rotator last found for this id. */
  byId(rotorId: number): Rotor | undefined;
  /** All rotators with the ids under which they were used. */
  all(): [rotorId: number, rotor: Rotor][];
  /** The permits have changed; `rotors`: as they are configured now. */
  checkPermits(rotors: readonly RotorConfig[]): void;
  /** The suspend conditions have changed: stops manual moves if one holds. */
  checkRestrictions(): void;
  /** Starts to stop the rotors that were in use when the previous process crashed. */
  stopLeftInUse(): Promise<void>;
  close(budgetMs: number): Promise<void>;
}

/** The addresses of a rotctld. */
export interface RotctldEndpoint {
  addresses: string[];
  port: number;
  /**
   * One key per address. Endpoints that share a key are the same rotctld: all addresses of this
   * host count as one, because a daemon that listens on one of them usually listens on all.
   */
  keys: string[];
}

/** Resolves host and port to allowed addresses. Throws `unavailable` if unknown or not allowed. */
export type AddressResolver = (host: string, port: number) => Promise<RotctldEndpoint>;

/** Records which rotors are in use, so that the next process can stop them after a crash. */
export interface InUseStore {
  /** The rotors that were in use when the previous process crashed. */
  readonly leftInUse: readonly RotorConfig[];
  set: (rotor: RotorConfig, inUse: boolean) => void;
}

/** One store per rotator, by address. */
export interface StoresByAddress<Store> {
  of(address: string): Store;
}

export interface RotorsParts {
  resolve: AddressResolver;
  /** Creates a client of a rotctld. */
  connect: (endpoint: RotctldEndpoint) => RotctldClient;
  fencingTokens: FencingTokenStore;
  inUseStore: InUseStore;
  azimuthWraps: StoresByAddress<AzimuthWrapStore>;
  expectedPositions: StoresByAddress<ExpectedPositionStore>;
  restrictions: MoveRestrictions;
  permit: (rotor: RotorConfig) => RotorConfig;
  logger: Logger;
  publish: (rotorId: number, message: PositionMessage) => Promise<void>;
  onMoveEnded: (rotorId: number, move: EndedMove) => void;
}

interface KnownRotor {
  rotor: Rotor;
  client: RotctldClient;
  endpoint: RotctldEndpoint;
  /** The ids of this rotator, with their configured host and port. */
  ids: Map<number, string>;
}

const CAPACITY = 64;

export function createRotors({
  resolve,
  connect,
  fencingTokens,
  inUseStore,
  azimuthWraps,
  expectedPositions,
  restrictions,
  permit,
  logger,
  publish,
  onMoveEnded,
}: RotorsParts): Rotors {
  const known = new Set<KnownRotor>();

  const knownById = (id: number) => [...known].find((entry) => entry.ids.has(id));

  function create(config: RotorConfig, endpoint: RotctldEndpoint): KnownRotor {
    makeRoom();
    const ids = new Map<number, string>();
    const publishPosition = createPositionPublisher(async (message) => {
      await Promise.all([...ids.keys()].map((id) => publish(id, message)));
    });
    const client = connect(endpoint);
    const key = endpoint.keys[0] ?? '';
    const rotor: Rotor = new Rotor(config, {
      client,
      fencingTokens,
      restrictions,
      permit,
      logger,
      publish: (position) => publishPosition(onTheSky(position, rotor.config)),
      azimuthWrap: azimuthWraps.of(key),
      expectedPosition: expectedPositions.of(key),
      setInUse: inUseStore.set,
      onMoveEnded,
    });
    return { rotor, client, endpoint, ids };
  }

  function makeRoom(): void {
    for (const entry of known) {
      if (known.size < CAPACITY) return;
      if (entry.rotor.isNeeded) continue;
      known.delete(entry);
      void entry.rotor.close(0);
    }
    if (known.size >= CAPACITY) throw new SkyScanError('no_room', `${CAPACITY} rotors are in use already`);
  }

  /** The known rotator at an endpoint. */
  function knownAt(endpoint: RotctldEndpoint): KnownRotor | undefined {
    const same = [...known].filter((entry) => entry.endpoint.keys.some((key) => endpoint.keys.includes(key)));
    const inUse = same.find((entry) => entry.rotor.isNeeded);
    if (inUse) return inUse;
    const sharesAddress = (entry: KnownRotor) =>
      entry.endpoint.addresses.some((address) => endpoint.addresses.includes(address));
    const found = same.find(sharesAddress);
    // Unused, and the owner has configured another address since: drop it.
    for (const entry of same.filter((other) => other !== found)) {
      known.delete(entry);
      void entry.client.drained().then(() => entry.rotor.close(0));
    }
    return found;
  }

  async function find(config: RotorConfig): Promise<Rotor> {
    const configured = `${config.host}:${config.port}`;
    const before = knownById(config.id);
    // Resolved once per use: a stop must not wait for a name server.
    if (before?.ids.get(config.id) === configured && (before.rotor.isNeeded || before.rotor.connected))
      return before.rotor;
    const endpoint = await resolve(config.host, config.port);
    const here = knownAt(endpoint);
    // A stop for this id must still reach the rotator in use.
    if (before && before !== here && before.rotor.inUse)
      throw new SkyScanError(
        'busy',
        `rotor ${config.id} is still in use at ${before.ids.get(config.id)}; stop it before using ${configured}`,
      );
    const entry = here ?? create(config, endpoint);
    known.add(entry);
    if (before !== entry) before?.ids.delete(config.id);
    entry.ids.set(config.id, configured);
    return entry.rotor;
  }

  return {
    find,
    byId: (rotorId) => knownById(rotorId)?.rotor,
    inUse(rotorId) {
      const rotor = knownById(rotorId)?.rotor;
      return rotor?.inUse ? rotor : undefined;
    },
    all: () =>
      [...known].flatMap(({ rotor, ids }) => [...ids.keys()].map((id): [number, Rotor] => [id, rotor])),
    checkPermits(configs) {
      for (const { rotor } of known)
        rotor.checkPermit(configs.find(({ id }) => id === rotor.config.id) ?? rotor.config);
    },
    checkRestrictions() {
      const reason = restrictions.suspended();
      if (reason !== undefined) for (const { rotor } of known) rotor.suspend(reason);
    },
    async stopLeftInUse() {
      const stops = inUseStore.leftInUse.map(async (config) => {
        try {
          (await find(config)).stopLeftInUse();
        } catch (error) {
          logger.warn(
            { rotor: config.id, reason: errorMessage(error) },
            'cannot stop a rotor that was in use before the restart',
          );
        }
      });
      await Promise.all(stops);
    },
    async close(budgetMs) {
      await Promise.all([...known].map(({ rotor }) => rotor.close(budgetMs)));
    },
  };
}

function onTheSky(position: PublishedPosition, config: RotorConfig): PublishedPosition {
  const { pointing, setpoint } = position;
  const sky = (at: Pointing) => skyDirection(config, at);
  return { ...position, pointing: sky(pointing), setpoint: setpoint && sky(setpoint) };
}
