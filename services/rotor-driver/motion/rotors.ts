import { errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { FrameStore } from './cable.ts';
import type { Clearance } from './clearance.ts';
import { Rotor } from './rotor.ts';
import { createPositionShow } from './show-position.ts';
import type { Fence } from './rotor-parts.ts';
import type { RotctldClient } from './rotctld-client.ts';
import type { WhereaboutsStore } from './sentry.ts';

/**
 * The rotators that this process has spoken to. One per address: two configurations of one daemon
 * share its lease.
 */
export interface Rotors {
  /** Throws `unavailable`: the host is unknown or not allowed. */
  find(config: RotorConfig): Promise<Rotor>;
  /** The rotator that is moving or held for this id, wherever its record says that it is now. */
  inHand(rotorId: number): Rotor | undefined;
  /** The one that was last found for this id. */
  byId(rotorId: number): Rotor | undefined;
  /** What owners allow has changed. */
  checkPermits(): void;
  /** What forbids motion has changed: stops what moves by hand when something does now. */
  checkClearance(): void;
  /** Stops what a process that died has left moving; returns once that has begun. */
  stopLeftover(): Promise<void>;
  close(budgetMs: number): Promise<void>;
}

/** Where a rotctld listens. */
export interface Place {
  addresses: string[];
  port: number;
  /**
   * One key for every address of the daemon. Two places that share a key are one rotctld: all
   * addresses of this host count as one, because a daemon that listens on one of them usually
   * listens on all.
   */
  keys: string[];
}

/**
 * Turns host and port into addresses that may be connected to. Throws `unavailable`: unknown, or
 * not allowed.
 */
export type AddressResolver = (host: string, port: number) => Promise<Place>;

/** Remembers which rotors are in hand, so that after a kill -9 the next process can stop them. */
export interface Logbook {
  /** What was in hand when the process before this one died. */
  readonly leftover: readonly RotorConfig[];
  note: (rotor: RotorConfig, inHand: boolean) => void;
}

/** What is kept of each rotator, by its address. */
export interface Book<Page> {
  of(address: string): Page;
}

export interface RotorsParts {
  resolve: AddressResolver;
  /** A client of the rotctld there. */
  connect: (place: Place) => RotctldClient;
  fence: Fence;
  logbook: Logbook;
  frames: Book<FrameStore>;
  whereabouts: Book<WhereaboutsStore>;
  clearance: Clearance;
  permit: (rotor: RotorConfig) => RotorConfig;
  logger: Logger;
  publish: (rotorId: number, message: PositionMessage) => Promise<void>;
}

interface Known {
  rotor: Rotor;
  client: RotctldClient;
  place: Place;
  /** Ids that mean this rotator, with the host and port they were found by. */
  ids: Map<number, string>;
}

const CAPACITY = 64;

export function createRotors({
  resolve,
  connect,
  fence,
  logbook,
  frames,
  whereabouts,
  clearance,
  permit,
  logger,
  publish,
}: RotorsParts): Rotors {
  const known = new Set<Known>();

  const knownById = (id: number) => [...known].find((entry) => entry.ids.has(id));

  function create(config: RotorConfig, place: Place): Known {
    makeRoom();
    const ids = new Map<number, string>();
    const show = createPositionShow(async (message) => {
      await Promise.all([...ids.keys()].map((id) => publish(id, message)));
    });
    const client = connect(place);
    const page = place.keys[0] ?? '';
    const rotor = new Rotor(config, {
      client,
      fence,
      clearance,
      permit,
      logger,
      show,
      frames: frames.of(page),
      whereabouts: whereabouts.of(page),
      note: logbook.note,
    });
    return { rotor, client, place, ids };
  }

  function makeRoom(): void {
    for (const entry of known) {
      if (known.size < CAPACITY) return;
      if (entry.rotor.inUse) continue;
      known.delete(entry);
      void entry.rotor.close(0);
    }
    if (known.size >= CAPACITY) throw new SkyScanError('no_room', `${CAPACITY} rotors are in use already`);
  }

  /** The rotator at a place, whatever its address was called before. */
  function knownAt(place: Place): Known | undefined {
    const same = [...known].filter((entry) => entry.place.keys.some((key) => place.keys.includes(key)));
    const taken = same.find((entry) => entry.rotor.inUse);
    if (taken) return taken;
    const shares = (entry: Known) =>
      entry.place.addresses.some((address) => place.addresses.includes(address));
    const found = same.find(shares);
    // Nobody uses it, and the owner has named another address since: that is the one to speak to.
    for (const entry of same.filter((other) => other !== found)) {
      known.delete(entry);
      void entry.client.drained().then(() => entry.rotor.close(0));
    }
    return found;
  }

  async function find(config: RotorConfig): Promise<Rotor> {
    const asked = `${config.host}:${config.port}`;
    const before = knownById(config.id);
    // The address is resolved once per use: a stop must not wait for a name server.
    if (before?.ids.get(config.id) === asked && (before.rotor.inUse || before.rotor.connected))
      return before.rotor;
    const place = await resolve(config.host, config.port);
    const here = knownAt(place);
    // Its stop must still reach the rotator that moves.
    if (before && before !== here && before.rotor.inHand)
      throw new SkyScanError(
        'busy',
        `rotor ${config.id} is still in use at ${before.ids.get(config.id)}; stop it before using ${asked}`,
      );
    const entry = here ?? create(config, place);
    known.add(entry);
    if (before !== entry) before?.ids.delete(config.id);
    entry.ids.set(config.id, asked);
    return entry.rotor;
  }

  return {
    find,
    byId: (rotorId) => knownById(rotorId)?.rotor,
    inHand(rotorId) {
      const rotor = knownById(rotorId)?.rotor;
      return rotor?.inHand ? rotor : undefined;
    },
    checkPermits() {
      for (const { rotor } of known) rotor.checkPermit();
    },
    checkClearance() {
      const reason = clearance.suspended();
      if (reason !== undefined) for (const { rotor } of known) rotor.suspend(reason);
    },
    async stopLeftover() {
      const stops = logbook.leftover.map(async (config) => {
        try {
          (await find(config)).stopLeftover();
        } catch (error) {
          logger.warn({ rotor: config.id, reason: errorMessage(error) }, 'cannot stop what was left');
        }
      });
      await Promise.all(stops);
    },
    async close(budgetMs) {
      await Promise.all([...known].map(({ rotor }) => rotor.close(budgetMs)));
    },
  };
}
