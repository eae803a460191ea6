import { mount } from 'svelte';
import App from './App.svelte';
import type { EarlyAnswers } from './lib/early-answers.ts';

/** Begins the page. */
export function begin(early: EarlyAnswers): void {
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no #app');
  mount(App, { target, props: { early } });
}
