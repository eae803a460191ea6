import type { Api } from '../lib/api.ts';
import { LivePosition } from '../lib/live-position.svelte.ts';
import { HealthView, SkyPositions, type LiveView } from '../lib/live-view.svelte.ts';

/** What changes around an active session: the rotor, the sky, the state of the services. */
export class LiveHardware {
  readonly position: LivePosition;
  readonly sky: SkyPositions;
  readonly health: HealthView;

  constructor(api: Api, rotorId: number, view: () => LiveView | undefined) {
    this.position = new LivePosition(api, rotorId);
    this.sky = new SkyPositions(api);
    this.health = new HealthView(api, () => {
      const session = view();
      return session?.phase === 'live' || session?.phase === 'waiting'
        ? performance.now() - session.lastMessageAtMs
        : undefined;
    });
  }

  close(): void {
    this.position.close();
    this.sky.close();
    this.health.close();
  }
}
