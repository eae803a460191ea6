import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

// What the dashboard may weigh on its way to a phone in the garden: all scripts and styles,
// gzipped, without the font.
const BUDGET_KB = 150;

/** The dashboard. `scripts/setup.js` says where it goes. */
export default defineConfig({
  root: fileURLToPath(new URL('services/dashboard', import.meta.url)),
  // Relative: a proxy may serve the page under a path of its own.
  base: './',
  publicDir: false,
  cacheDir: fileURLToPath(new URL('node_modules/.cache/vite', import.meta.url)),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), preload(), weigh()],
  // `#shared/*` are the sources, as for tests.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // The content security policy allows neither scripts in the page nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // One style sheet, which the page names: no script waits for another one.
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    // On a busy machine every build would be told to be slow.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});

/** The page names the scripts that its first one imports: all of them are on their way at once. */
function preload(): Plugin {
  return {
    name: 'sky-scan:preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {}, chunk }) {
        const wanted = new Set(chunk?.dynamicImports);
        for (const name of wanted) {
          const file = bundle[name];
          if (file?.type === 'chunk') for (const other of file.imports) wanted.add(other);
        }
        return [...wanted]
          .filter((name) => name !== chunk?.fileName && !chunk?.imports.includes(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
            injectTo: 'head',
          }));
      },
    },
  };
}

/** Prints the weight of the whole; refuses one that is over the budget. */
function weigh(): Plugin {
  return {
    name: 'sky-scan:weigh',
    apply: 'build',
    // After the plugins that add the style sheet and the page.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const texts = Object.values(bundle).flatMap((file) => {
          if (file.type === 'chunk') return [file.code];
          return /\.(css|html)$/.test(file.fileName) ? [file.source] : [];
        });
        const kB = texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0) / 1000;
        console.log(`sky-scan: dashboard: ${kB.toFixed(1)} kB gzipped (at most ${BUDGET_KB})`);
        if (kB > BUDGET_KB) this.error(`the dashboard weighs ${kB.toFixed(1)} kB, more than ${BUDGET_KB}`);
      },
    },
  };
}
