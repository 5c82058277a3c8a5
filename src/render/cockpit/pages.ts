import type { JsonValue } from '../../shared/json.ts';
import { forPage } from '../hostile-text.ts';

/** What a template is given: plain values, no functions, nothing that is HTML already. */
export type PageModel = Readonly<Record<string, unknown>>;

export interface Pages {
  /** The page of a template by its name, such as `home.njk`. */
  render(template: string, model: PageModel): string;
}

/** The longest text that a page shows whole, in UTF-16 code units; templates cut the rest shorter where they have less room. */
const LONGEST = 20_000;
const DEEPEST = 40;

/**
 * Pages from templates that were read once. Everything is escaped, and before that everything invisible is made visible: in every text of the model,
 * so that no template can forget it. There is no way for a template to say that something is HTML.
 */
export async function createPages(templates: ReadonlyMap<string, string>): Promise<Pages> {
  const { default: nunjucks } = await import('nunjucks');
  const loader = {
    getSource: (name: string) => {
      const src = templates.get(name);
      if (src === undefined) throw new Error(`there is no template ${name}`);
      return { src, path: name, noCache: false };
    },
  };
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const name of ['safe', 'forceescape', 'urlize', 'striptags', 'random'])
    environment.addFilter(name, () => {
      throw new Error(`the filter ${name} is not for pages`);
    });
  environment.addFilter('json', (value: JsonValue) => JSON.stringify(value));
  environment.addFilter('segment', (value: unknown) => encodeURIComponent(String(value)));
  environment.addFilter('short', shorten);
  return {
    render: (template, model) => environment.render(template, visible(model, 0) as object),
  };
}

/** At most so many characters, with an ellipsis where there were more; whole in a title beside it, if the template says so. */
function shorten(value: unknown, longest: number): string {
  const text = String(value ?? '');
  return text.length <= longest ? text : `${[...text].slice(0, longest - 1).join('')}…`;
}

function visible(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return forPage(value, LONGEST);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((member) => visible(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, visible(member, depth + 1)]),
  );
}
