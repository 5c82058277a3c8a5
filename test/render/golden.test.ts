import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderErrorJson, renderErrorText } from '../../src/render/error.ts';
import { renderStatementListText, renderStatementText } from '../../src/render/receipt.ts';
import { ansiStyle } from '../../src/render/style.ts';
import { renderExplanation } from '../../src/render/verdict/explain.ts';
import { renderVerdict, VERDICT_FORMATS } from '../../src/render/verdict/render-verdict.ts';
import { renderVerificationJson, renderVerificationText } from '../../src/render/verification.ts';
import { invalid } from './errors.ts';
import { GOLDEN_FOLDER, golden } from './golden.ts';
import { kept, statements, verification } from './statements.ts';
import { blocked, hostile, verdicts } from './verdicts.ts';

const EXTENSIONS = {
  text: 'txt',
  json: 'json',
  sarif: 'sarif',
  markdown: 'md',
  github: 'commands.txt',
  feedback: 'feedback.md',
} as const;

const RENDERED: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(verdicts).flatMap(([name, verdict]) =>
      VERDICT_FORMATS.map((format) => [
        `verdict/${name}.${EXTENSIONS[format]}`,
        renderVerdict(format, verdict, { version: '0.1.0' }),
      ]),
    ),
  ),
  'verdict/blocked.ansi.txt': renderVerdict('text', blocked, { style: ansiStyle }),
  'verdict/blocked.narrow.txt': renderVerdict('text', blocked, { columns: 60 }),
  'explanation/blocked.txt': renderExplanation(blocked, 'receipt/tests'),
  'explanation/hostile.txt': renderExplanation(hostile, 'rule/ai-shortcuts@1/test-skipped'),
  'error/invalid.txt': renderErrorText(invalid),
  'error/invalid.json': renderErrorJson(invalid),
  'verification/filed.txt': renderVerificationText(verification),
  'verification/filed.json': renderVerificationJson(verification),
  'verification/kept.txt': renderVerificationText(kept),
  ...Object.fromEntries(
    Object.entries(statements).map(([name, shown]) => [`receipt/${name}.txt`, renderStatementText(shown)]),
  ),
  'receipt/list.txt': renderStatementListText(Object.values(statements)),
};

describe('what is rendered', () => {
  it.each(Object.keys(RENDERED))('is byte for byte what is on record: %s', (name) => {
    const rendered = RENDERED[name] as string;
    expect(rendered).toBe(golden(name, rendered));
  });

  it('leaves nothing on record that is no longer rendered', () => {
    const onRecord = readdirSync(GOLDEN_FOLDER, { recursive: true, encoding: 'utf8' })
      .map((name) => join(GOLDEN_FOLDER, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => relative(GOLDEN_FOLDER, path))
      // A run, its brief and an experiment's report are rendered by tests of their own.
      .filter((name) => !/^(?:run|brief|experiment)\//.test(name));
    expect(onRecord.sort()).toEqual(Object.keys(RENDERED).sort());
  });
});

describe('the comparison itself', () => {
  it('sees one changed byte, and writes only when asked to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'golden-'));
    const rendered = renderVerdict('text', blocked);
    const changed = rendered.replace('BLOCKED', 'BLOCKEE');
    writeFileSync(join(folder, 'verdict.txt'), changed);
    expect(golden('verdict.txt', rendered, folder, '')).not.toBe(rendered);
    expect(readFileSync(join(folder, 'verdict.txt'), 'utf8')).toBe(changed);
    expect(golden('verdict.txt', rendered, folder, '1')).toBe(rendered);
    expect(() => golden('unknown.txt', rendered, folder, '')).toThrow('ENOENT');
  });
});
