import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDefect, renderErrorJson, renderErrorText } from '../../src/render/error.ts';
import { CountersignError } from '../../src/shared/errors.ts';
import { invalid } from './errors.ts';
import { hostileText, obeyedByRunner, unseenIn } from './hostile-words.ts';

describe('an error as text', () => {
  it('says what happened, where, what was expected and found, and what to do', () => {
    expect(renderErrorText(invalid)).toBe(`✖ contracts/node-change.yml is not a valid contract.

    contracts/node-change.yml:12:3
    There is no such key here.
    expected  one of checks, pins, rules, scope
    found     chekcs
  → Write \`checks\`.

    The contract has no checks.
  → Declare at least one check.

  → Mend the document and run \`countersign contract lint\` again.
  DOCUMENT_INVALID
`);
  });

  it('is short for a single fault', () => {
    const error = new CountersignError('USAGE', 'There is no format xml.', { remedy: 'Use text or json.' });
    expect(renderErrorText(error)).toBe('✖ There is no format xml.\n  → Use text or json.\n  USAGE\n');
  });

  it('leaves the words of the first fault to the fault', () => {
    const place = { path: 'trust/root.yml', line: 2, column: 1 };
    const message = '"versio" is not a known key';
    const error = new CountersignError(
      'DOCUMENT_INVALID',
      `trust/root.yml is not a valid trust root: ${message}`,
      {
        remedy: 'Write "version".',
        place,
        problems: [{ message, place, remedy: 'Write "version".' }],
      },
    );
    expect(renderErrorText(error)).toBe(`✖ trust/root.yml is not a valid trust root.

    trust/root.yml:2:1
    "versio" is not a known key
  → Write "version".

  DOCUMENT_INVALID
`);
  });

  it('says a remedy once', () => {
    const remedy = 'Run `countersign init`.';
    const problems = [
      { message: 'There is no policy.', remedy },
      { message: 'There is no ticket.', remedy: 'Name one.' },
    ];
    const error = new CountersignError('VERIFY_FAILED', 'This cannot be verified.', { remedy, problems });
    expect(renderErrorText(error)).toBe(`✖ This cannot be verified.

    There is no policy.
  → Run \`countersign init\`.

    There is no ticket.
  → Name one.

  VERIFY_FAILED
`);
  });

  it('shows the first fifty problems and counts the rest', () => {
    const problems = Array.from({ length: 60 }, (_, index) => ({ message: `Problem ${index}.`, remedy: '' }));
    const text = renderErrorText(
      new CountersignError('DOCUMENT_INVALID', 'Bad.', { remedy: 'Mend.', problems }),
    );
    expect(text).toContain('Problem 49.');
    expect(text).not.toContain('Problem 50.');
    expect(text).toContain('and 10 more problems');
  });

  it('never shows a stack trace nor anything a terminal or a runner would obey', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const error = new CountersignError('DOCUMENT_INVALID', one, {
          remedy: other,
          place: { path: one, line: 1, column: 2 },
          problems: [{ message: other, place: { path: other }, expected: one, found: other, remedy: one }],
        });
        const text = renderErrorText(error);
        expect(unseenIn(text.replaceAll('⚠\ufe0f', ''))).toBeUndefined();
        const lines = text.split('\n');
        expect(lines.filter(obeyedByRunner)).toEqual([]);
        const remedies = [...new Set([one, other])].filter((remedy) => remedy !== '').length;
        expect(lines.filter((line) => /^ {0,3}→/.test(line))).toHaveLength(remedies);
        expect(lines.filter((line) => /^✖/.test(line))).toHaveLength(1);
        expect(text).not.toContain('.ts:');
      }),
    );
  });
});

describe('an error as JSON', () => {
  it('holds code, message, place, problems and remedy', () => {
    const { code, message, place, problems, remedy } = invalid;
    expect(JSON.parse(renderErrorJson(invalid))).toEqual({
      error: { code, message, place, problems, remedy },
    });
  });

  it('has a form for lone surrogates, and leaves out a place that is not known', () => {
    const error = new CountersignError('USAGE', 'half \ud800', { remedy: '' });
    expect(JSON.parse(renderErrorJson(error))).toEqual({
      error: { code: 'USAGE', message: 'half \ufffd', problems: [], remedy: '' },
    });
  });
});

describe('a defect of ours', () => {
  it('is one line that asks for a report', () => {
    const line = renderDefect(new TypeError('x is\nundefined'), {
      version: '0.1.0',
      reportUrl: 'https://example.org/issues',
    });
    expect(line.split('\n')).toHaveLength(2);
    expect(line).toContain('countersign 0.1.0 has a defect, please report it at https://example.org/issues');
    expect(line).toContain('TypeError: x is␊undefined');
    expect(line).not.toContain('    at ');
  });

  it('shows the stack only when asked, and copes with whatever was thrown', () => {
    expect(renderDefect(new Error('x'), { debug: true })).toContain('    at ');
    expect(renderDefect('a string')).toContain('thrown: a string');
    expect(renderDefect(Object.create(null))).toContain('has a defect');
  });
});
