/** Text of a page; all inserted values are escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | Part[] | undefined;

/** Tagged template that escapes its parts, except Html. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(render)));
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The title of a document, its description and links. */
export function header(
  { title, version, description = '' }: { title: string; version: string; description?: string | undefined },
  links: Html,
): Html {
  return html`<header>
    <h1>${title} <small>${version}</small></h1>
    <p>${description}</p>
    <p>${links}</p>
  </header>`;
}

/** A complete page. */
export function page(title: string, basePath: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" type="image/svg+xml" href="${basePath}/docs/icon.svg" />
        <link rel="stylesheet" href="${basePath}/docs/style.css" />
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
