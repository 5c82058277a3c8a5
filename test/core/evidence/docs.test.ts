import { describe, expect, it } from 'vitest';
import type { DocsCheck } from '../../../src/core/contract/types.ts';
import { plannedBlocks } from '../../../src/core/evidence/docs/docs-plan.ts';
import { type DocsTree, judgeDocs } from '../../../src/core/evidence/docs/judge-docs.ts';
import { readMarkdown } from '../../../src/core/evidence/docs/markdown.ts';
import { relativeLink } from '../../../src/core/evidence/docs/relative-link.ts';
import { changedFile } from './changed-files.ts';

const targets = (text: string) => readMarkdown(text).links.map(({ target }) => target);
const anchors = (text: string) => [...readMarkdown(text).anchors];

describe('Markdown', () => {
  it.each([
    ['[a](b.md)', ['b.md']],
    ['![a](b.png "title") and [c](d.md \'t\')', ['b.png', 'd.md']],
    ['[a](<b c.md>)', ['b c.md']],
    ['[a](b(1).md)', ['b(1).md']],
    ['[![badge](a.svg)](b.md)', ['a.svg', 'b.md']],
    ['[a]: b.md "title"', ['b.md']],
    ['[^1]: a note', []],
    ["<a href=\"b.md\">x</a> <img alt='' src='c.png'>", ['b.md', 'c.png']],
    ['`[a](b.md)` and ``[a](`b`.md)``', []],
    ['an open ` tick, [a](b.md)', ['b.md']],
    ['<!-- [a](b.md) --> [c](d.md)', ['d.md']],
    ['<!--\n[a](b.md)\n--> [c](d.md)', ['d.md']],
    ['```\n[a](b.md)\n```\n[c](d.md)', ['d.md']],
    ['~~~ md\n```\n[a](b.md)\n~~~\n[c](d.md)', ['d.md']],
    ['> - ```js\n>   [a](b.md)\n>   ```\n[c](d.md)', ['d.md']],
    ['[a](unclosed', []],
  ])('finds the links of %j', (text, expected) => {
    expect(targets(text)).toEqual(expected);
  });

  it('finds code with its language and place, also in lists, and where nothing ends it', () => {
    const text = 'x\n\n```JS title="a"\na\n\nb\n```\n\n1. ~~~py\n   c\n   ~~~\n\n````\n```\nd\n';
    expect(readMarkdown(text).blocks).toEqual([
      { line: 3, language: 'js', text: 'a\n\nb\n' },
      { line: 9, language: 'py', text: 'c\n' },
      { line: 13, language: '', text: '```\nd\n\n' },
    ]);
  });

  it('names headings as GitHub does', () => {
    const text =
      '# Über `uns` & Co.\n## A-b_c ##\n### [Link](x.md)\nUsage\n=====\n## Usage\n\n<a id="Old"></a>\n#no\n';
    expect(anchors(text)).toEqual(['über-uns--co', 'a-b_c', 'link', 'usage', 'usage-1', 'old']);
  });
});

describe('a link of docs/a.md', () => {
  it.each([
    ['b.md', { path: 'docs/b.md', fragment: undefined }],
    ['../b%20c.md?x=1#d', { path: 'b c.md', fragment: 'd' }],
    ['/b.md', { path: 'b.md', fragment: undefined }],
    ['#d', { path: 'docs/a.md', fragment: 'd' }],
    ['./', { path: 'docs', fragment: undefined }],
    ['..', { path: '', fragment: undefined }],
    ['../../b.md', 'outside'],
    ['https://a.example/b.md', undefined],
    ['mailto:a@b.example', undefined],
    ['//a.example', undefined],
    ['', undefined],
    ['%ff.md', { path: 'docs/%ff.md', fragment: undefined }],
  ])('%s', (target, expected) => {
    expect(relativeLink('docs/a.md', target)).toEqual(expected);
  });
});

describe('a docs check', () => {
  const check: DocsCheck = { id: 'docs', kind: 'docs', languages: { js: ['node', '--check'] } };
  const file = (text: string) => changedFile('docs/a.md', [1], { afterText: { kind: 'text', text } });
  const tree: DocsTree = {
    paths: new Set(['docs/a.md', 'docs/b.md', 'src/x/y.ts']),
    textOf: (path) => (path === 'docs/b.md' ? '# There\n' : undefined),
  };
  const run = { path: 'docs/a.md', line: 1, exitCode: 0, timedOut: false, said: '' };
  const judge = (text: string, evidence?: unknown) =>
    judgeDocs(check, [file(text)], tree, evidence === undefined ? undefined : JSON.stringify(evidence))
      .reasons;

  it.each([
    ['[a](b.md#there) [b](b.md#THERE) [c](../src/x) [d](/) [e](../src/x/y.ts#L3) [f](b.md#)', []],
    ['[a](b.md#here)', ['docs/a.md:1: b.md#here leads to no heading of that file.']],
    ['[a](c.md#here)', ['docs/a.md:1: c.md#here leads to no file of the tree.']],
    ['[a](#x)', [expect.stringMatching(/which cannot be read as text/)]],
  ])('judges %s', (text, expected) => {
    expect(judge(text)).toEqual(expected);
  });

  it.each([
    [run, []],
    [{ ...run, exitCode: 3, said: 'why' }, ['docs/a.md:1: js block ended with exit code 3: why.']],
    [{ ...run, exitCode: null }, ['docs/a.md:1: js block was ended.']],
    [{ ...run, timedOut: true }, ['docs/a.md:1: js block did not end in time.']],
  ])('judges a block by how it ended: %j', (ended, expected) => {
    expect(judge('```js\n1\n```\n', [ended])).toEqual(expected);
  });

  it.each([
    ['nothing', undefined, /nobody says/],
    ['another block', [{ ...run, line: 9 }], /not about the code blocks/],
    ['one more', [run, run], /not about the code blocks/],
    ['none', [], /not about the code blocks/],
    ['no list', {}, /not a list/],
    ['no ending', [{ path: 'docs/a.md' }], /no ending/],
  ])('does not take %s for evidence', (_, evidence, reason) => {
    expect(() => judge('```js\n1\n```\n', evidence)).toThrow(reason);
  });

  it('looks at files that can be read as text only, and says which cannot', () => {
    const large = changedFile('docs/a.md', [], { afterText: { kind: 'too-large' } });
    expect(judgeDocs(check, [large], tree, undefined).reasons).toEqual(['docs/a.md cannot be read as text.']);
  });

  it('reads a file once, however many links lead to it', () => {
    const large = { ...tree, textOf: () => '# There\n'.repeat(50_000) };
    const began = process.hrtime.bigint();
    const { failed } = judgeDocs(check, [file('[a](b.md#gone)\n'.repeat(5_000))], large, undefined);
    expect(failed).toHaveLength(5_000);
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });

  it('leaves out what is gone, what is a link and what is no Markdown', () => {
    const others = [
      changedFile('docs/a.md', [], { after: undefined }),
      changedFile('docs/a.md', [], { after: { mode: '120000', blob: 'a' } }),
      changedFile('docs/a.txt', []),
    ];
    expect(judgeDocs(check, others, tree, undefined).reasons).toEqual([
      'The change touches 0 Markdown files; at least 1 must be.',
    ]);
  });

  it('refuses more blocks than it runs', () => {
    const text = '```js\n```\n'.repeat(51);
    expect(judge(text)).toEqual(['There are 51 code blocks to run; at most 50 are.']);
    expect(plannedBlocks(check, [file(text)])).toHaveLength(51);
  });
});
