import './styles/fonts.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/parts.css';
import { parseHash } from './lib/hash-location.ts';
import { documentLoaded } from './lib/document-loaded.ts';
import { loadPage } from './lib/loaded-pages.ts';
import { initialPaths, startPrefetch } from './lib/prefetch.ts';
import { pageBase } from './lib/paths.ts';
import { API_KEY_NAME, readStored } from './lib/storage.ts';
import { pageAt } from './routes.ts';

// Runs while the document, the styles and the other scripts still load (vite.config.ts preloads
// them), so keep it small.
const prefetch = startPrefetch(initialPaths(location.hash), readStored(API_KEY_NAME), pageBase());
const page = pageAt(parseHash(location.hash).path);
void start();

async function start(): Promise<void> {
  const [{ mountDashboard }] = await Promise.all([
    import('./mount.ts'),
    // The page reports why its script cannot be loaded.
    page && loadPage(page).catch(() => undefined),
    documentLoaded(),
  ]);
  mountDashboard(prefetch);
}
