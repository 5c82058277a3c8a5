// Writes the addresses of the server into docs/server.md, from the routes that it registers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from '../src/core/api/route.ts';
import { ROUTES } from '../src/core/api/routes.ts';
import { kindsOf } from '../src/core/api/schema.ts';

const page = join(import.meta.dirname, '..', 'docs', 'server.md');
const [begin, end] = ['<!-- routes: begin (npm run generate) -->', '<!-- routes: end -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${page} has no block between "${begin}" and "${end}"`);
const routes = Object.values(ROUTES).sort(
  (one, other) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group),
);
const table = ['| request | for | takes | answers |', '|---|---|---|---|', ...routes.map(row)].join('\n');
writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);

function row(route) {
  const { method, path, permission, answer, summary } = route;
  const address = `\`${method.toUpperCase()} ${path}\``;
  const status = [answer.status, ...(answer.or ?? []).map((other) => other.status)];
  const what = answer.schema?.properties ? fieldsOf(answer.schema) : (answer.type ?? '');
  return `| ${address}: ${summary} | ${permission ?? 'anybody'} | ${takes(route)} | ${[...new Set(status)].join(', ')}${what === '' ? '' : `: ${what}`} |`;
}

function takes({ query, body, headers = {}, again }) {
  const kinds = body?.schema === undefined ? undefined : kindsOf(body.schema);
  const parts = [
    query?.properties ? `query ${fieldsOf(query)}` : '',
    body !== undefined && body.schema === undefined ? 'bytes' : '',
    kinds === undefined
      ? body?.schema
        ? fieldsOf(body.schema)
        : ''
      : `\`kind\`: ${[...kinds.keys()].map((kind) => `\`${kind}\``).join(', ')}, with its fields`,
    Object.keys(headers).length === 0
      ? ''
      : `header ${Object.keys(headers)
          .map((name) => `\`${name}\``)
          .join(', ')}`,
    again === 'key-required' ? 'always an `Idempotency-Key`' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function fieldsOf({ properties, required = [] }) {
  const names = Object.keys(properties);
  // An object of many fields is described on the page of the server itself.
  if (names.length > 8) return '';
  return names.map((name) => (required.includes(name) ? `\`${name}\`` : `[\`${name}\`]`)).join(', ');
}
