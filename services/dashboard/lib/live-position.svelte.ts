import type { RotorMessage } from '#contract/live/rotor-messages';
import type { Api } from './api.ts';
import { pageTiming } from './page-timing.ts';
import { followRotor, rotorSource } from './rotor-live.ts';

/** The position of a rotor: make it in a component, `close` it when the component goes. */
export class LivePosition {
  /** The last one that is known. */
  now = $state.raw<RotorMessage | undefined>();
  state = $state<'connecting' | 'live' | 'lost' | 'gone'>('connecting');
  readonly close: () => void;

  constructor(api: Api, rotorId: number) {
    this.close = followRotor(rotorId, rotorSource(api), pageTiming, {
      onPosition: (position) => (this.now = position),
      onState: (state) => (this.state = state),
    });
  }

  /** Undefined while the connection is lost. */
  get current(): RotorMessage | undefined {
    return this.state === 'live' ? this.now : undefined;
  }
}
