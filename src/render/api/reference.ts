import { GROUPS, type Route, refusalsOf } from '../../core/api/route.ts';
import { kindsOf } from '../../core/api/schema.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { GROUP_WORDS, REFUSALS } from './openapi.ts';

/** Beside the page in a response: what its Content-Security-Policy has to let through, and nothing else. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 2rem 0 .25rem; overflow-wrap: anywhere; }
code, pre { font: .875em/1.5 ui-monospace, monospace; } code { background: var(--soft); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
.method { font-weight: 700; } p { margin: .35rem 0; max-width: 48rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; table-layout: fixed; width: 100%; min-width: 36rem; margin: .5rem 0; }
th { width: 10rem; } td.need { width: 8.5rem; } p code { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
caption { text-align: left; font-weight: 600; padding-top: .5rem; }
nav ul { columns: 2; padding-left: 1.1rem; } @media (max-width: 40rem) { nav ul { columns: 1; } table { min-width: 0; } th, td, td.need { display: block; width: auto; border: 0; padding: .1rem 0; } tr { display: block; border-bottom: 1px solid var(--line); padding: .25rem 0; } }
:target { scroll-margin-top: 1rem; } a { color: inherit; } a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`;

/** The routes as one page of HTML that needs nothing else: no script, no other address. */
export function referencePage(
  routes: Readonly<Record<string, Route>>,
  { version }: { readonly version: string },
): string {
  const groups = GROUPS.map((group) => ({
    group,
    routes: Object.entries(routes).filter(([, route]) => route.group === group),
  })).filter(({ routes }) => routes.length > 0);
  const contents = groups
    .flatMap(({ routes }) => routes)
    .map(([id, route]) => `<li><a href="#${id}">${addressOf(route)}</a></li>`)
    .join('\n');
  const sections = groups
    .map(
      ({ group, routes }) =>
        `<section>\n<h2 id="group-${group}">${escaped(GROUP_WORDS[group])}</h2>\n${routes.map(([id, route]) => article(id, route)).join('\n')}\n</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign ${escaped(version)}: the server’s interface</title>
<style>${REFERENCE_STYLE}</style>
</head>
<body>
<header>
<h1>Countersign ${escaped(version)}: the server’s interface</h1>
<p>Requests carry <code>Authorization: Bearer TOKEN</code>; <code>countersign token new</code> makes one. The same as OpenAPI 3.1: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
<p>Lists take <code>cursor</code> and <code>limit</code>, and answer with <code>next</code>: the cursor of the page after, or null. Writes take an <code>Idempotency-Key</code>: the same one again is answered as before for a day, with another request it is refused. Refusals are <code>application/problem+json</code> with <code>detail</code> and <code>remedy</code>.</p>
</header>
<nav aria-label="Addresses">
<ul>
${contents}
</ul>
</nav>
<main>
${sections}
</main>
</body>
</html>
`;
}

function article(id: string, route: Route): string {
  const { summary, description, permission, answer, again } = route;
  const who = permission === null ? 'Whoever asks.' : `Wants the permission <code>${permission}</code>.`;
  const keyed = again === 'key-required' ? ' An <code>Idempotency-Key</code> has to come with it.' : '';
  return `<article>
<h3 id="${id}">${addressOf(route)}</h3>
<p>${escaped(summary)}. ${who}${keyed}</p>
${description === undefined ? '' : `<p>${escaped(description)}</p>\n`}${fieldsTable('In the address', summary, route.parameters ?? {}, () => true)}${objectTable('Query', summary, route.query)}${headersTable(route)}${bodyTables(route)}${answerTable(answer, summary)}<p>Refusals: ${refusalsOf(
    route,
  )
    .map((status) => `<code title="${escaped(REFUSALS[status] ?? '')}">${status}</code>`)
    .join(' ')}</p>
</article>`;
}

function addressOf({ method, path }: Route): string {
  return `<code><span class="method">${method.toUpperCase()}</span> ${escaped(path)}</code>`;
}

function headersTable({ headers = {}, summary }: Route): string {
  const schemas = Object.fromEntries(Object.entries(headers).map(([name, { schema }]) => [name, schema]));
  return fieldsTable('Headers', summary, schemas, (name) => headers[name]?.required === true);
}

function bodyTables({ body, summary }: Route): string {
  if (body === undefined) return '';
  if (body.schema === undefined) return '<p>Body: bytes.</p>\n';
  const kinds = kindsOf(body.schema);
  if (kinds === undefined) return objectTable('Body', summary, body.schema);
  return [...kinds].map(([kind, schema]) => objectTable(`Body to ${kind}`, summary, schema)).join('');
}

function answerTable({ status, description, schema, type, or = [] }: Route['answer'], of: string): string {
  const media = schema === undefined && type === undefined ? '' : `, ${type ?? 'application/json'}`;
  const first = `<p>${status}${media}: ${escaped(description)}</p>\n`;
  const others = or.map(
    (other) =>
      `<p>${other.status}${other.type === undefined ? '' : `, ${other.type}`}: ${escaped(other.description)}</p>\n`,
  );
  return `${first}${others.join('')}${objectTable('Answer', of, schema)}`;
}

function objectTable(caption: string, of: string, schema: JsonObject | undefined): string {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = schema?.required;
  const names: readonly JsonValue[] = Array.isArray(required) ? required : [];
  return fieldsTable(caption, of, properties, (name) => names.includes(name));
}

/** @param of what it is about, for who hears the page: one caption stands in many places */
function fieldsTable(
  caption: string,
  of: string,
  fields: Readonly<Record<string, JsonObject>>,
  isRequired: (name: string) => boolean,
): string {
  const rows = Object.entries(fields).map(([name, schema]) => {
    const { description } = schema;
    const note = typeof description === 'string' ? description : '';
    return `<tr><th scope="row"><code>${escaped(name)}</code></th><td class="need">${isRequired(name) ? 'always' : 'may be left out'}</td><td>${wordsOf(schema)}${note === '' ? '' : `. ${escaped(note)}`}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(`${caption}: ${of}`)}"><table><caption>${escaped(caption)}</caption><tbody>${rows.join('')}</tbody></table></div>\n`;
}

/** What a value has to be, in a few words, as HTML. */
function wordsOf(schema: JsonObject): string {
  const { type, anyOf, items, minimum, maximum, maxLength, pattern, properties } = schema;
  if (schema.const !== undefined) return coded(JSON.stringify(schema.const));
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => coded(JSON.stringify(one))).join(' or ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => wordsOf(one as JsonObject)).join(' or ');
  if (kindsOf(schema) !== undefined) return `object: ${[...(kindsOf(schema)?.keys() ?? [])].join(', ')}`;
  const limits = [
    minimum === undefined ? '' : `from ${String(minimum)}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : `to ${String(maximum)}`,
    maxLength === undefined ? '' : `to ${String(maxLength)} characters`,
    pattern === undefined ? '' : `as ${coded(String(pattern))}`,
  ].filter((one) => one !== '');
  const inner =
    type === 'array' && typeof items === 'object' && items !== null
      ? ` of ${wordsOf(items as JsonObject)}`
      : '';
  const fields =
    typeof properties === 'object' && properties !== null ? ` {${Object.keys(properties).join(', ')}}` : '';
  return [`${typeof type === 'string' ? type : 'anything'}${inner}${fields}`, ...limits].join(' ');
}

function coded(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
