import type { Component } from 'svelte';
import { findPage, type PageAddress } from '#contract/page-addresses';
import ComparePage from './archive/ComparePage.svelte';
import SessionList from './archive/SessionList.svelte';
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
  title: string;
  component: Component<PageProps>;
  /** Which entry of the navigation it belongs to. */
  section: string;
}

const PAGES: Record<PageAddress, Page> = {
  '': { title: 'Now', component: Home, section: '' },
  sessions: { title: 'Sessions', component: SessionList, section: 'sessions' },
  'compare/:a/:b': { title: 'Compare', component: ComparePage, section: 'sessions' },
  'sessions/:id': { title: 'Session', component: SessionPage, section: 'sessions' },
  start: { title: 'Start a scan', component: StartPage, section: 'start' },
  rotors: { title: 'Rotors', component: RotorsPage, section: 'rotors' },
  'rotors/new': { title: 'Add a rotor', component: RotorEditPage, section: 'rotors' },
  'rotors/:id': { title: 'Rotor', component: RotorPage, section: 'rotors' },
  'rotors/:id/edit': { title: 'Edit rotor', component: RotorEditPage, section: 'rotors' },
};

/** Entries of the navigation, in order; an icon is a name of shell/Icon.svelte. */
export const SECTIONS = [
  { path: '', name: 'Now', icon: 'map' },
  { path: 'start', name: 'Start', icon: 'plus' },
  { path: 'sessions', name: 'Sessions', icon: 'list' },
  { path: 'rotors', name: 'Rotors', icon: 'dish' },
] as const;

/**
 * Of a tab and of an entry of the history: with the numbers of what is shown, as in `Session 3`.
 */
export function titleOf({ title, params }: { title: string; params: Record<string, string> }): string {
  const numbers = Object.values(params);
  return numbers.length === 0 ? title : `${title} ${numbers.join(' and ')}`;
}

/** The page at a path, and its parameters; undefined: there is none. */
export function pageAt(path: string): (Page & { params: Record<string, string> }) | undefined {
  const found = findPage(path);
  return found && { ...PAGES[found.address], params: found.params };
}
