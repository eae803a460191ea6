import './styles/fonts.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/parts.css';
import { initialPaths, startPrefetch } from './lib/prefetch.ts';
import { pageBase } from './lib/paths.ts';
import { API_KEY_NAME, readStored } from './lib/storage.ts';

// Runs while the main script still loads (vite.config.ts preloads it), so keep it small.
const prefetch = startPrefetch(initialPaths(location.hash), readStored(API_KEY_NAME), pageBase());
const { mountDashboard } = await import('./mount.ts');
mountDashboard(prefetch);
