import type { Component } from 'svelte';
import { findPage, type PageAddress } from '#contract/page-addresses';

/** Props of every page component. */
export interface PageProps {
  address: PageAddress;
  /** Path parameters, such as `id` of `scan/sessions/:id`. */
  params: Record<string, string>;
  query: URLSearchParams;
}

type Load = () => Promise<Component<PageProps>>;

interface Page {
  /** Of the browser tab and the history entry, with parameters as in the address. */
  title: string;
  load: Load;
  /** The navigation entry to highlight: a `path` of `SECTIONS`. */
  section: string;
}

/** A page as the address names it. */
export interface RequestedPage extends Page {
  address: PageAddress;
  params: Record<string, string>;
  /** Equal for addresses that the same component shows without being created again. */
  key: string;
}

const home: Load = async () => (await import('./sessions/HomePage.svelte')).default;
const start: Load = async () => (await import('./start/StartPage.svelte')).default;
const sessions: Load = async () => (await import('./archive/SessionList.svelte')).default;
const session: Load = async () => (await import('./sessions/SessionPage.svelte')).default;
const compare: Load = async () => (await import('./archive/ComparePage.svelte')).default;
const ground: Load = async () => (await import('./ground/GroundPage.svelte')).default;
const catalogue: Load = async () => (await import('./sources/CataloguePage.svelte')).default;
const source: Load = async () => (await import('./sources/SourcePage.svelte')).default;
const timeline: Load = async () => (await import('./watch/TimelinePage.svelte')).default;
const schedules: Load = async () => (await import('./watch/SchedulesPage.svelte')).default;
const baselines: Load = async () => (await import('./baselines/BaselinesPage.svelte')).default;
const baseline: Load = async () => (await import('./baselines/BaselinePage.svelte')).default;
const alerts: Load = async () => (await import('./alerts/AlertsPage.svelte')).default;
const alert: Load = async () => (await import('./alerts/AlertPage.svelte')).default;
const rules: Load = async () => (await import('./alerts/RulesPage.svelte')).default;
const timeLapse: Load = async () => (await import('./watch/TimeLapsePage.svelte')).default;
const rotors: Load = async () => (await import('./rotors/RotorsPage.svelte')).default;
const rotor: Load = async () => (await import('./rotors/RotorPage.svelte')).default;
const rotorEdit: Load = async () => (await import('./rotors/RotorEditPage.svelte')).default;

const PAGES: Record<PageAddress, Page> = {
  '': { title: 'Now', load: home, section: '' },
  scan: { title: 'Start a scan', load: start, section: 'scan' },
  'scan/sessions': { title: 'Sessions', load: sessions, section: 'scan' },
  'scan/sessions/:id': { title: 'Session :id', load: session, section: 'scan' },
  'scan/sessions/:id/spectrum': { title: 'Spectrum of session :id', load: session, section: 'scan' },
  'scan/sessions/:id/sources': { title: 'Sources of session :id', load: session, section: 'scan' },
  'scan/sessions/:id/pattern': { title: 'Pattern of session :id', load: session, section: 'scan' },
  'scan/sessions/:id/cuts': { title: 'Cuts of session :id', load: session, section: 'scan' },
  'scan/sessions/:id/levels': { title: 'Levels of session :id', load: session, section: 'scan' },
  'scan/sessions/:id/time': { title: 'Session :id over time', load: session, section: 'scan' },
  'scan/sessions/:id/changes': { title: 'Changes in session :id', load: session, section: 'scan' },
  'scan/compare/:a/:b': { title: 'Compare :a and :b', load: compare, section: 'scan' },
  'sky/ground': { title: 'Ground', load: ground, section: 'sky' },
  sky: { title: 'Sources', load: catalogue, section: 'sky' },
  'sky/sources/:id': { title: 'Source :id', load: source, section: 'sky' },
  watch: { title: 'Watch', load: timeline, section: 'watch' },
  'watch/schedules': { title: 'Schedules', load: schedules, section: 'watch' },
  'watch/baselines': { title: 'Baselines', load: baselines, section: 'watch' },
  'watch/baselines/:id': { title: 'Baseline :id', load: baseline, section: 'watch' },
  'watch/alerts': { title: 'Alerts', load: alerts, section: 'watch' },
  'watch/alerts/:id': { title: 'Alert :id', load: alert, section: 'watch' },
  'watch/rules': { title: 'Rules and channels', load: rules, section: 'watch' },
  'watch/schedules/:id/timelapse': { title: 'Time lapse of schedule :id', load: timeLapse, section: 'watch' },
  station: { title: 'Station', load: rotors, section: 'station' },
  'station/rotors/new': { title: 'Add a rotor', load: rotorEdit, section: 'station' },
  'station/rotors/:id': { title: 'Rotor :id', load: rotor, section: 'station' },
  'station/rotors/:id/edit': { title: 'Edit rotor :id', load: rotorEdit, section: 'station' },
};

/**
 * Navigation entries in display order; `icon` is an `IconName`. `tabs`: the pages of an entry that
 * has more than one.
 */
export const SECTIONS = [
  { path: '', name: 'Now', icon: 'map', tabs: [] },
  {
    path: 'scan',
    name: 'Scan',
    icon: 'plus',
    tabs: [
      { address: 'scan', name: 'New' },
      { address: 'scan/sessions', name: 'Sessions' },
    ],
  },
  {
    path: 'sky',
    name: 'Sky',
    icon: 'sky',
    tabs: [
      { address: 'sky', name: 'Catalogue' },
      { address: 'sky/ground', name: 'Ground' },
    ],
  },
  {
    path: 'watch',
    name: 'Watch',
    icon: 'clock',
    tabs: [
      { address: 'watch', name: 'Timeline' },
      { address: 'watch/schedules', name: 'Schedules' },
      { address: 'watch/baselines', name: 'Baselines' },
      { address: 'watch/alerts', name: 'Alerts' },
      { address: 'watch/rules', name: 'Rules' },
    ],
  },
  { path: 'station', name: 'Station', icon: 'dish', tabs: [] },
] as const;

/** The page at a path, or undefined if no page matches. */
export function pageAt(path: string): RequestedPage | undefined {
  const found = findPage(path);
  if (!found) return undefined;
  const { address, params } = found;
  const page = PAGES[address];
  const title = page.title.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '');
  const kind = page.load === session ? 'scan/sessions/:id' : address;
  return { ...page, title, address, params, key: JSON.stringify([kind, params]) };
}
