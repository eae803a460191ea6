import type { Api } from '../lib/api.ts';
import { followPosition } from './follow-position.ts';
import type { RotorMessage } from '#contract/live/rotor-messages';

/** Where a rotor is, as it moves, as long as somebody watches: make it in a component, `close` it when the component goes. */
export class LivePosition {
  now = $state.raw<RotorMessage | undefined>();
  state = $state<'connecting' | 'live' | 'lost' | 'gone'>('connecting');
  readonly close: () => void;

  constructor(api: Api, rotorId: number) {
    this.close = followPosition(() => api.socket(`/ws/rotors/${rotorId}`), {
      onPosition: (position) => (this.now = position),
      onState: (state) => (this.state = state),
    });
  }
}
