import { createContext } from 'svelte';
import type { Api } from './api.ts';
import type { KeyHolder } from './identity.svelte.ts';
import type { Overview } from './overview.svelte.ts';

/** What every component can have: `const { api, overview } = dashboard();` */
export interface Dashboard {
  api: Api;
  key: KeyHolder;
  overview: Overview;
}

export const [dashboard, provideDashboard] = createContext<Dashboard>();
