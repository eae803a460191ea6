// `npm start`: prepares the clone, then runs the launcher in the same process, so that signals
// reach it.
import { setup } from './setup.js';

setup('build');
await import(new URL('../dist/services/launcher/main.js', import.meta.url).href);
