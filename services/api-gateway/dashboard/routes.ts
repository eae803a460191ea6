import type { Component } from 'svelte';
import ComparePage from './archive/ComparePage.svelte';
import SessionList from './archive/SessionList.svelte';
import { match } from './lib/place.ts';
import Home from './sessions/Home.svelte';
import RotorEditPage from './rotors/RotorEditPage.svelte';
import RotorPage from './rotors/RotorPage.svelte';
import RotorsPage from './rotors/RotorsPage.svelte';
import SessionPage from './sessions/SessionPage.svelte';
import StartPage from './start/StartPage.svelte';

/** What a page is given. */
export interface PageProps {
  /** From the pattern, as in `sessions/:id`. */
  params: Record<string, string>;
  query: URLSearchParams;
}

interface Page {
  pattern: string;
  title: string;
  component: Component<PageProps>;
  /** Which entry of the navigation it belongs to. */
  section: string;
}

const PAGES: Page[] = [
  { pattern: '', title: 'Now', component: Home, section: '' },
  { pattern: 'sessions', title: 'Sessions', component: SessionList, section: 'sessions' },
  { pattern: 'compare/:a/:b', title: 'Compare', component: ComparePage, section: 'sessions' },
  { pattern: 'sessions/:id', title: 'Session', component: SessionPage, section: 'sessions' },
  { pattern: 'start', title: 'Start a scan', component: StartPage, section: 'start' },
  { pattern: 'rotors', title: 'Rotors', component: RotorsPage, section: 'rotors' },
  { pattern: 'rotors/new', title: 'Add a rotor', component: RotorEditPage, section: 'rotors' },
  { pattern: 'rotors/:id', title: 'Rotor', component: RotorPage, section: 'rotors' },
  { pattern: 'rotors/:id/edit', title: 'Edit rotor', component: RotorEditPage, section: 'rotors' },
];

/** Entries of the navigation, in order; an icon is a name of shell/Icon.svelte. */
export const SECTIONS = [
  { path: '', name: 'Now', icon: 'map' },
  { path: 'start', name: 'Start', icon: 'plus' },
  { path: 'sessions', name: 'Sessions', icon: 'list' },
  { path: 'rotors', name: 'Rotors', icon: 'dish' },
] as const;

/** Of a tab and of an entry of the history: with the numbers of what is shown, as in `Session 3`. */
export function titleOf({ title, params }: { title: string; params: Record<string, string> }): string {
  const numbers = Object.values(params);
  return numbers.length === 0 ? title : `${title} ${numbers.join(' and ')}`;
}

/** The page at a path, and its parameters; undefined: there is none. */
export function pageAt(path: string): (Page & { params: Record<string, string> }) | undefined {
  for (const page of PAGES) {
    const params = match(page.pattern, path);
    if (params) return { ...page, params };
  }
  return undefined;
}
