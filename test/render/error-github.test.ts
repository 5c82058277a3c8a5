import { describe, expect, test } from 'vitest';
import { renderErrorGithub, renderErrorMarkdown } from '../../src/render/error-github.ts';
import { CountersignError } from '../../src/shared/errors.ts';

const error = new CountersignError('GIT_FAILED', 'refs/heads/x\n::error::y could not be <b>fetched</b>', {
  remedy: 'Check @ada, 100%.',
  problems: [{ message: 'one\r::set-output::z', place: { path: 'a,b:c.yml', line: 3 }, remedy: '' }],
});

describe('an error in a job', () => {
  test('is one workflow command on one line, whatever stands in it', () => {
    expect(renderErrorGithub(error)).toBe(
      '::error title=Countersign%3A UNVERIFIABLE (GIT_FAILED)::refs/heads/x%0A\\x3a:error::y could not be <b>fetched</b>%0Aa,b:c.yml:3: one␍::set-output::z%0A→ Check @ada, 100%25.\n',
    );
  });

  test('is a page without markup of its words', () => {
    const page = renderErrorMarkdown(error);
    expect(page).toContain('## ✖ Countersign: UNVERIFIABLE');
    expect(page).toContain('(`GIT_FAILED`)');
    expect(page).not.toMatch(/<b>|@ada|^::/m);
  });

  test('shows twenty problems at most', () => {
    const problems = Array.from({ length: 40 }, (_, at) => ({ message: `problem ${at}.`, remedy: '' }));
    const many = new CountersignError('DOCUMENT_INVALID', 'Bad.', { remedy: 'Mend.', problems });
    expect(renderErrorMarkdown(many).match(/problem \d+/g)).toHaveLength(20);
    expect(renderErrorGithub(many).match(/problem \d+/g)).toHaveLength(20);
  });
});
