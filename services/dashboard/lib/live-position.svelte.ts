import type { RotorMessage } from '#contract/live/rotor-messages';
import type { Api } from './api.ts';
import { pageTiming } from './page-timing.ts';
import { followRotor, rotorSource } from './follow-rotor.ts';

/**
 * The live position of a rotor. Create it in a component and close it when the component is
 * destroyed.
 */
export class LivePosition {
  /** The last known position. */
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
