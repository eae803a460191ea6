import type { WebSocket } from 'ws';
import { LIVE_CHANNELS } from '#contract/live/channels';
import type { RotorMessage } from '#contract/live/rotor-messages';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { RotorRow } from '../store/rotors.ts';
import { CLOSE } from '#contract/live/close-codes';
import { PositionViewer } from './position-viewer.ts';

/** Brings the position of a rotor to whoever watches it. */
export interface PositionHub {
  /**
   * Sends the position as soon as it is known, and every one from then on; closes the socket when
   * there is no such rotor.
   */
  attach(socket: WebSocket, rotorId: number): Promise<void>;
  /** The rotor is no more: whoever watches it is sent away. */
  forget(rotorId: number): void;
}

export interface PositionSource {
  /** Says where the rotor is, the last known position first; returns what ends that. */
  follow: (rotorId: number, onPosition: (position: PositionMessage) => void) => () => void;
  /** Undefined: there is no such rotor. Throws `unavailable`. */
  find(rotorId: number): Promise<RotorRow | undefined>;
  /** Has the rotor asked where it is; the answer comes to whoever follows. */
  ask(rotor: RotorRow): Promise<unknown>;
}

interface Watched {
  viewers: Map<WebSocket, PositionViewer>;
  /** The last message. */
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
      // What the broker remembers may come as news, too.
      if (text === watched.text) return;
      watched.text = text;
      for (const viewer of watched.viewers.values()) viewer.show(text);
    });
    // What the broker remembers may be of yesterday. A rotor that does not answer is for /position
    // to say.
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
      const viewer = new PositionViewer(socket);
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
