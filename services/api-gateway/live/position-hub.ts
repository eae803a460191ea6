import type { WebSocket } from 'ws';
import { LIVE_CHANNELS } from '#contract/live/channels';
import type { RotorMessage } from '#contract/live/rotor-messages';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { RotorRow } from '../store/rotors.ts';
import { CLOSE } from '#contract/live/close-codes';
import { createPositionViewer, type PositionViewer } from './position-viewer.ts';

/** Sends the position of a rotor to its viewers. */
export interface PositionHub {
  /**
   * Sends the current position once it is known, then every change; closes the socket if the rotor
   * does not exist.
   */
  attach(socket: WebSocket, rotorId: number): Promise<void>;
  /** The rotor was deleted: disconnects its viewers. */
  forget(rotorId: number): void;
}

export interface PositionSource {
  /**
   * Calls the listener with the last known position and every new one; returns a function that
   * stops it.
   */
  follow: (rotorId: number, onPosition: (position: PositionMessage) => void) => () => void;
  /** Undefined: the rotor does not exist. Throws `unavailable`. */
  find(rotorId: number): Promise<RotorRow | undefined>;
  /** Requests the position of the rotor, which then arrives through `follow`. */
  ask(rotor: RotorRow): Promise<unknown>;
}

interface Watched {
  viewers: Map<WebSocket, PositionViewer>;
  text: string | undefined;
  unfollow: () => void;
}

export function createPositionHub(source: PositionSource): PositionHub {
  const rotors = new Map<number, Watched>();

  function watch(rotor: RotorRow): Watched {
    const rotorId = rotor.id;
    const known = rotors.get(rotorId);
    if (known) return known;
    const watched: Watched = { viewers: new Map(), text: undefined, unfollow: () => undefined };
    rotors.set(rotorId, watched);
    watched.unfollow = source.follow(rotorId, (position) => {
      const text = toText(rotorId, position);
      // A retained message may repeat the last position.
      if (text === watched.text) return;
      watched.text = text;
      for (const viewer of watched.viewers.values()) viewer.show(text);
    });
    // The retained position may be outdated. If the rotor does not answer, /position reports it.
    source.ask(rotor).catch(() => undefined);
    return watched;
  }

  function leave(rotorId: number, watched: Watched, socket: WebSocket): void {
    watched.viewers.delete(socket);
    if (watched.viewers.size > 0 || rotors.get(rotorId) !== watched) return;
    rotors.delete(rotorId);
    watched.unfollow();
  }

  return {
    async attach(socket, rotorId) {
      const rotor = await source.find(rotorId);
      if (!rotor) {
        socket.close(CLOSE.unknown, LIVE_CHANNELS.rotor.notFound);
        return;
      }
      if (socket.readyState !== socket.OPEN) return;
      const watched = watch(rotor);
      const viewer = createPositionViewer(socket);
      watched.viewers.set(socket, viewer);
      socket.once('close', () => leave(rotorId, watched, socket));
      if (watched.text !== undefined) viewer.show(watched.text);
    },
    forget(rotorId) {
      for (const socket of rotors.get(rotorId)?.viewers.keys() ?? [])
        socket.close(CLOSE.unknown, LIVE_CHANNELS.rotor.notFound);
    },
  };
}

function toText(rotorId: number, position: PositionMessage): string {
  const { azimuth, elevation, moving, setpoint, timestamp } = position;
  const message: RotorMessage = { rotor_id: rotorId, azimuth, elevation, moving, setpoint, timestamp };
  return JSON.stringify(message);
}
