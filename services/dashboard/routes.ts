import type { Component } from 'svelte';
import { findPage, type PageAddress } from '#contract/page-addresses';
import ComparePage from './archive/ComparePage.svelte';
import SessionList from './archive/SessionList.svelte';
import HomePage from './sessions/HomePage.svelte';
import RotorEditPage from './rotors/RotorEditPage.svelte';
import RotorPage from './rotors/RotorPage.svelte';
import RotorsPage from './rotors/RotorsPage.svelte';
import SessionPage from './sessions/SessionPage.svelte';
import StartPage from './start/StartPage.svelte';

/** Props of every page component. */
export interface PageProps {
  /** Path parameters, such as `id` of `sessions/:id`. */
  params: Record<string, string>;
  query: URLSearchParams;
}

interface Page {
  title: string;
  component: Component<PageProps>;
  /** The navigation entry to highlight: a `path` of `SECTIONS`. */
  section: string;
}

const PAGES: Record<PageAddress, Page> = {
  '': { title: 'Now', component: HomePage, section: '' },
  sessions: { title: 'Sessions', component: SessionList, section: 'sessions' },
  'compare/:a/:b': { title: 'Compare', component: ComparePage, section: 'sessions' },
  'sessions/:id': { title: 'Session', component: SessionPage, section: 'sessions' },
  start: { title: 'Start a scan', component: StartPage, section: 'start' },
  rotors: { title: 'Rotors', component: RotorsPage, section: 'rotors' },
  'rotors/new': { title: 'Add a rotor', component: RotorEditPage, section: 'rotors' },
  'rotors/:id': { title: 'Rotor', component: RotorPage, section: 'rotors' },
  'rotors/:id/edit': { title: 'Edit rotor', component: RotorEditPage, section: 'rotors' },
};

/** Navigation entries in display order; `icon` is an `IconName`. */
export const SECTIONS = [
  { path: '', name: 'Now', icon: 'map' },
  { path: 'start', name: 'Start', icon: 'plus' },
  { path: 'sessions', name: 'Sessions', icon: 'list' },
  { path: 'rotors', name: 'Rotors', icon: 'dish' },
] as const;

/** Title of the browser tab and the history entry, with the ids shown: `Session 3`. */
export function titleOf({ title, params }: { title: string; params: Record<string, string> }): string {
  const ids = Object.values(params);
  return ids.length === 0 ? title : `${title} ${ids.join(' and ')}`;
}

/** The page at a path and its parameters, or undefined if no page matches. */
export function pageAt(path: string): (Page & { params: Record<string, string> }) | undefined {
  const found = findPage(path);
  return found && { ...PAGES[found.address], params: found.params };
}
