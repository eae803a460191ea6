import { mount } from 'svelte';
import App from './App.svelte';
import type { Prefetch } from './lib/prefetch.ts';
import { replaceOldAddresses } from './lib/router.ts';
import { prefetchLinkedPages } from './shell/page-prefetch.ts';

/** Mounts the dashboard into `#app`. */
export function mountDashboard(prefetch: Prefetch): void {
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no #app');
  replaceOldAddresses();
  prefetchLinkedPages(target);
  mount(App, { target, props: { prefetch } });
}
