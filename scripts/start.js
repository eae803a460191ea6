// `npm start`: makes the clone ready, then runs the launcher in this very process, so that signals
// reach it.
import { setup } from './setup.js';

setup('build');
await import(new URL('../dist/services/launcher/main.js', import.meta.url).href);
