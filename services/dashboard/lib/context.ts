import { createContext } from 'svelte';
import type { Api } from './api.ts';
import type { ApiKey } from './api-key.svelte.ts';
import type { Overview } from './overview.svelte.ts';
import type { UndoableChanges } from './undo.svelte.ts';

/** Shared by all components: `const { api, overview } = dashboard();` */
export interface Dashboard {
  api: Api;
  key: ApiKey;
  overview: Overview;
  undoable: UndoableChanges;
}

export const [dashboard, provideDashboard] = createContext<Dashboard>();
