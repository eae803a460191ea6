import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { EndedMove } from './motion/mover.ts';
import type { Rotors } from './motion/rotors.ts';

const SECONDS = [0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300];

export interface DriverMetrics {
  moveEnded(rotorId: number, move: EndedMove): void;
  position(rotorId: number, position: PositionMessage): void;
  /** Call it once, when the rotors exist. */
  watch(rotors: Rotors): void;
}

/** The metrics of rotor-driver besides those of its process. */
export function createDriverMetrics(registry: Registry): DriverMetrics {
  const registers = [registry];
  const moves = new Counter({
    name: 'skyscan_moves_total',
    help: 'Ended moves of a rotor (slews, manual moves, parks) by result: arrived, ended (stopped, replaced, lease lost), refused (nothing was sent) or failed',
    labelNames: ['rotor', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'skyscan_move_seconds',
    help: 'Duration of the moves that arrived, with settling, seconds',
    labelNames: ['rotor'],
    buckets: SECONDS,
    registers,
  });
  const delay = new Histogram({
    name: 'skyscan_move_delay_seconds',
    help: 'How much longer moves took than the configured speeds, acceleration and settling allow, seconds',
    labelNames: ['rotor'],
    buckets: SECONDS,
    registers,
  });
  const degrees = new Gauge({
    name: 'skyscan_rotor_position_degrees',
    help: 'Last reported position, degrees; axis: azimuth or elevation',
    labelNames: ['rotor', 'axis'],
    registers,
  });
  const timestamp = new Gauge({
    name: 'skyscan_rotor_position_timestamp_seconds',
    help: 'Unix time of the last published position, seconds',
    labelNames: ['rotor'],
    registers,
  });
  return {
    moveEnded(rotorId, { result, seconds: tookS, expectedSeconds }) {
      const rotor = String(rotorId);
      moves.inc({ rotor, result });
      if (result !== 'arrived') return;
      seconds.observe({ rotor }, tookS);
      if (expectedSeconds !== undefined) delay.observe({ rotor }, Math.max(0, tookS - expectedSeconds));
    },
    position(rotorId, { azimuth, elevation, timestamp: time }) {
      const rotor = String(rotorId);
      degrees.set({ rotor, axis: 'azimuth' }, azimuth);
      degrees.set({ rotor, axis: 'elevation' }, elevation);
      timestamp.set({ rotor }, Date.parse(time) / 1000);
    },
    watch(rotors) {
      const gauge = (
        name: string,
        help: string,
        of: (rotor: { connected: boolean; inUse: boolean }) => boolean,
      ) =>
        new Gauge({
          name,
          help,
          labelNames: ['rotor'],
          registers,
          collect() {
            this.reset();
            for (const [id, rotor] of rotors.all()) this.set({ rotor: String(id) }, of(rotor) ? 1 : 0);
          },
        });
      gauge(
        'skyscan_rotor_connected',
        'Whether the rotctld of a rotor is connected (1: yes); rotors that were not used since the start are absent',
        ({ connected }) => connected,
      );
      gauge(
        'skyscan_rotor_in_use',
        'Whether a rotor is held, moving or not yet at rest (1: yes)',
        ({ inUse }) => inUse,
      );
    },
  };
}
