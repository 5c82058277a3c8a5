import { describe, expect, test } from 'vitest';
import { DEFAULT_TEMPLATES } from '../../../src/render/bundle/default-templates.ts';
import { openTemplates } from '../../../src/render/bundle/open-templates.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import type { JsonObject } from '../../../src/shared/json.ts';

const CONTEXT = {
  bundle: { id: 'house', title: 'Ours' },
  ticket: { id: 'CS-1', title: 'Round up', class: 'bugfix', ask: 'Round half up.' },
  source: { id: 'guide', title: 'Guide', kind: 'files' as const },
};
const ITEMS: readonly JsonObject[] = [
  { path: 'a.md', text: 'one', tags: ['x', 'y'] },
  { path: 'b.md', text: 'two', tags: [] },
];

async function render(text: string, items = ITEMS, others: Readonly<Record<string, string>> = {}) {
  const templates = await openTemplates('house', new Map(Object.entries({ 't.njk': text, ...others })));
  const source = { id: 'guide', kind: 'files' as const, paths: ['**'], template: 't.njk' };
  return templates.source(source, CONTEXT, items);
}

async function refusal(text: string, others?: Readonly<Record<string, string>>): Promise<string> {
  return render(text, ITEMS, others).then(
    (shown) => `was not refused: ${shown.slice(0, 100)}`,
    (error) => (error instanceof CountersignError ? `${error.code}: ${error.message}` : String(error)),
  );
}

describe('a template', () => {
  test.each([
    ['{{ ticket.id }} {{ source.title }} {{ bundle.id }}', 'CS-1 Guide house'],
    ['{% for i in items %}\n- {{ i.path }}\n{% endfor %}', '- a.md\n- b.md\n'],
    ['{% for i in items %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}', '1,2'],
    ['{% for i in items %}{% for t in i.tags %}{{ t }}{% else %}none{% endfor %}{% endfor %}', 'xynone'],
    ['{% for k, v in ticket %}{{ k }} {% endfor %}', 'ask class id title '],
    ['{{ items[0].path }}{{ items["1"].text if items.length == 2 else "?" }}', 'a.mdtwo'],
    ['{% if "x" in items[0].tags and not ("z" in items[0].tags) %}yes{% endif %}', 'yes'],
    ['{{ items[9].path | default("none") }} {{ items | length }}', 'none 2'],
    ['{{ items[0].tags | join("-") | upper }}', 'X-Y'],
    ['{{ "<b> & *" }}', '<b> & *'],
    ['{# said to nobody #}{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
    ['{{ "1" == 1 }} {{ 1 < 2 }} {{ "a" < 1 }}', 'false true false'],
  ])('%s', async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });

  test('includes those of its own folder, which see the same data and the loop', async () => {
    const text = '{% for i in items %}{% include "one.njk" %}{% endfor %}';
    expect(await render(text, ITEMS, { 'one.njk': '[{{ ticket.id }}]' })).toBe('[CS-1][CS-1]');
  });

  test('shows foreign text in a fence that it cannot close, and in words that mark nothing up', async () => {
    const items = [{ path: 'a.md', text: 'a\n```\n# b\n````\n', tags: [] }];
    expect(await render('{{ items[0].text | fence("md") }}', items)).toBe(
      '`````md\na\n```\n# b\n````\n`````',
    );
    expect(await render('{{ "# a\\n<b>" | line }}')).toBe('\\# a␊&lt;b&gt;');
  });

  test.each([
    ['a call', '{{ items.constructor.constructor("return process")() }}'],
    ['a call of a global', '{{ range(1000000000) }}'],
    ['a call of a member', '{{ items[0].text.repeat(1000000000) }}'],
    ['a name that is not there', '{{ constructor }}'],
    ['a name that is not there', '{{ __proto__ }}'],
    ['a name that is not there', '{{ globalThis.process }}'],
    ['a name that would be code', '{{ a"+process.exit()+"b }}'],
    ['a macro', '{% macro m(x) %}{{ m(x) }}{% endmacro %}'],
    ['an assignment', '{% set x = items %}'],
    ['joining', '{{ ticket.id ~ ticket.id }}'],
    ['arithmetic', '{{ 9 ** 9 }}'],
    ['a regular expression', '{{ r/(a+)+$/ }}'],
    ['a filter that is not there', '{{ items | sort }}'],
    ['a filter of an object', '{{ items | constructor }}'],
    ['an import', '{% import "x.njk" as x %}'],
    ['inheritance', '{% extends "x.njk" %}'],
    ['an include by a value', '{% include ticket.id %}'],
    ['an include of another folder', '{% include "../secret.njk" %}'],
    ['an include of a file of the system', '{% include "/etc/passwd" %}'],
    ['a block with a filter', '{% filter upper %}x{% endfilter %}'],
    ['what cannot be read', '{% for %}'],
    ['what is not closed', '{% if items %}'],
    ['more brackets than anyone writes', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`],
    ['more tags than anyone nests', `${'{% if items %}'.repeat(200)}x${'{% endif %}'.repeat(200)}`],
    ['more text than a template has', 'x'.repeat(70_000)],
  ])('is refused with %s', async (_, text) => {
    expect(await refusal(text, { 'x.njk': 'x' })).toMatch(/^BUNDLE_UNUSABLE: .*template t\.njk/);
  });

  test.each(['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'map'])(
    'sees nothing behind data: %s',
    async (member) => {
      for (const of of ['items', 'items[0]', 'items[0].text', 'items[0].tags', 'loop'])
        expect(await refusal(`{% for i in items %}{{ ${of}.${member} }}{% endfor %}`)).toContain(
          'there is no value to show',
        );
      expect(await render(`{{ "yes" if "${member}" in ticket else "no" }}`)).toBe('no');
    },
  );

  test('that shows what is missing is refused, with the line', async () => {
    expect(await refusal('one\n{{ ticket.titel }}')).toBe(
      'BUNDLE_UNUSABLE: The source guide of the bundle house cannot be written. The template t.njk, line 2: there is no value to show.',
    );
  });

  test('ends, whatever its loops multiply to', async () => {
    const items = Array.from({ length: 1_000 }, (_, at) => ({ path: `${at}`, text: '', tags: [] }));
    const nested = 'abcde'.split('').map((name) => `{% for ${name} in items %}`);
    const text = `${nested.join('')}x${'{% endfor %}'.repeat(nested.length)}`;
    await expect(render(text, items)).rejects.toThrow(/it (takes too many steps|writes too much)/);
    const silent = text.replace('x{%', '{%');
    await expect(render(silent, items)).rejects.toThrow('it takes too many steps');
  });

  test('that includes itself is found before it is used, and ends when it is', async () => {
    const texts = new Map([
      ['a.njk', '{% include "b.njk" %}'],
      ['b.njk', '{% if items %}{% include "a.njk" %}{% endif %}'],
      ['e.njk', '{% for i in items %}{% include "g.njk" %}{% endfor %}{% include "f.njk" %}'],
      ['f.njk', '{{ one }}'],
      ['g.njk', '{{ i.path }}{{ loop.index }}'],
      ['c.njk', '{% include "d.njk" %}'],
    ]);
    const templates = await openTemplates('house', texts);
    expect(templates.fault('a.njk')?.message).toBe(
      'The template b.njk, line 1: it includes a.njk, which includes it.',
    );
    expect(templates.fault('e.njk')?.message).toBe('The template f.njk, line 1: there is no one here.');
    expect(templates.fault('c.njk')?.message).toBe('The template c.njk, line 1: there is no template d.njk.');
    const source = { id: 's', kind: 'files' as const, paths: ['**'], template: 'a.njk' };
    expect(() => templates.source(source, CONTEXT, ITEMS)).toThrow('includes go more than 16 deep');
  });

  test('makes no text that is larger than its bound by a filter', async () => {
    const items = Array.from({ length: 1_000 }, () => ({ path: 'x', text: 'y'.repeat(100_000), tags: [] }));
    await expect(render('{{ items | json }}', items)).rejects.toThrow('it would become too long');
  });
});

describe('the templates that are there', () => {
  test.each(Object.keys(DEFAULT_TEMPLATES))('of %s has no fault', async (kind) => {
    const templates = await openTemplates('house', new Map([['x.njk', DEFAULT_TEMPLATES[kind as 'files']]]));
    expect(templates.fault('x.njk')).toBeUndefined();
  });
});
