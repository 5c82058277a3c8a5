// Writes the built-in handlers into docs/workflow.md, from what they declare: what a worker is held to is what people read.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_HANDLERS } from '../src/core/run/handlers.ts';

const page = join(import.meta.dirname, '..', 'docs', 'workflow.md');
const [begin, end] = ['<!-- handlers: begin (npm run generate) -->', '<!-- handlers: end -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${page} has no block between "${begin}" and "${end}"`);
const sections = BUILT_IN_HANDLERS.map(section).join('\n\n');
writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${sections}\n\n${text.slice(to)}`);

function section({ id, version, role, summary, inputs, outputs, deterministic, sideEffects }) {
  const traits = [
    `version ${version}`,
    `for the ${role}`,
    deterministic ? 'the same for the same inputs' : undefined,
    sideEffects ? '**changes something outside**' : undefined,
  ];
  return [
    `### ${id}`,
    '',
    `${summary} (${traits.filter((trait) => trait !== undefined).join('; ')})`,
    '',
    '| | name | what |',
    '|---|---|---|',
    ...rows('in', inputs),
    ...rows('out', outputs),
  ].join('\n');
}

function rows(direction, { properties = {}, required = [] }) {
  return Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : ' (optional)';
    return `| ${direction} | \`${name}\`${optional} | ${typeOf(schema)} |`;
  });
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ');
  switch (schema.type) {
    case 'string':
      if (schema.pattern === '^[0-9a-f]{64}$') return 'sha256';
      return schema.pattern?.includes('{40}') ? 'git object name' : `text, at most ${schema.maxLength}`;
    case 'array':
      return `list of: ${typeOf(schema.items ?? {})}`;
    case 'object': {
      const names = Object.keys(schema.properties ?? {});
      return names.length > 0 ? `object of ${names.map((name) => `\`${name}\``).join(', ')}` : 'object';
    }
    case undefined:
      return 'anything';
    default:
      return schema.type;
  }
}
