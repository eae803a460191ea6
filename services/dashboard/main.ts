import './styles/fonts.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/parts.css';
import { EarlyAnswers, firstPaths } from './lib/early-answers.ts';
import { pageBase } from './lib/paths.ts';
import { KEY, recall } from './lib/storage.ts';

// Small, and runs while the page itself is still on its way (vite.config.ts has it preloaded).
const early = new EarlyAnswers(firstPaths(location.hash), recall(KEY), pageBase());
const { begin } = await import('./begin.ts');
begin(early);
