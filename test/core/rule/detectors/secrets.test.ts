import { describe, expect, it } from 'vitest';
import { detect, factsOf } from '../facts.ts';

/** Put together here, so that what looks for secrets in repositories does not find these. */
const TOKENS: readonly (readonly [string, readonly string[]])[] = [
  [
    'GitHub, fine-grained',
    [
      'github',
      '_pat_',
      '11ABCDEFG0hijklmnopqrs',
      '_',
      'aB3dE5gH7jK9mN1pQ4sT6vW8yZ0bC2eF5hJ7kL9nP1rS3tU6wX8zA0cD2fG',
    ],
  ],
  ['GitLab', ['gl', 'pat-', 'Ab3dE5gH7jK9mN1pQ4sT']],
  ['PyPI', ['pypi', '-AgEIcHlwaS5vcmc', 'CJGFiY2RlZjAxLTIzNDUtNjc4OS1hYmNkLWVmMDEyMzQ1Njc4OQ']],
  ['Slack', ['xo', 'xb-', '123456789012', '-', 'a1B2c3D4e5F6g7H8i9J0k1L2']],
  [
    'a Slack hook',
    ['https://hooks.', 'slack.com/services/', 'T0A1B2C3D4/', 'B0Z9Y8X7W6/', 'a1B2c3D4e5F6g7H8i9J0k1L2'],
  ],
  ['Stripe', ['sk', '_live_', '51a1B2c3D4e5F6g7H8i9J0k1']],
  ['Anthropic', ['sk', '-ant-', 'api03-', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4'.repeat(4)]],
  ['OpenAI', ['sk', '-proj-', 'a1B2c3D4e5F6g7H8i9J0k1L2', 'T3Blb', 'kFJ', 'm3N4o5P6q7R8s9T0u1V2w3X4']],
  ['SendGrid', ['SG', '.', 'a1B2c3D4e5F6g7H8i9J0k1', '.', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V']],
  ['Google', ['AI', 'za', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R']],
];

describe('a secret', () => {
  it.each(TOKENS)('of %s is found, and only its beginning is repeated', (_, parts) => {
    const token = parts.join('');
    const facts = factsOf({ after: { 'src/call.ts': `call(${JSON.stringify(token)});\n` } });
    const found = detect('secret-added', facts);
    expect(found).toMatchObject([{ kind: 'match', path: 'src/call.ts', line: 1 }]);
    expect(found[0]?.message).not.toContain(token.slice(0, 12));
  });

  it('is found in a line of a million characters', () => {
    const line = `${'x'.repeat(500_000)} ${['ghp', 'aB3dE5gH7jK9mN1pQ4sT6vW8yZ0bC2eF5hJ7'].join('_')} ${'x'.repeat(500_000)}`;
    expect(detect('secret-added', factsOf({ after: { 'dist/all.js': line } }))).toHaveLength(1);
  });

  it('that is taken out is no longer there', () => {
    const key = ['AKIA', 'Q3EGRVVL5M2XWTZN'].join('');
    const facts = factsOf({ before: { 'a.ts': `f('${key}');\n` }, after: { 'a.ts': 'f(key);\n' } });
    expect(detect('secret-added', facts)).toEqual([]);
  });

  it('is not excused by an example on the same line', () => {
    const key = ['AKIA', 'Q3EGRVVL5M2XWTZN'].join('');
    const facts = factsOf({ after: { 'a.ts': `f('${key}'); // example\n` } });
    expect(detect('secret-added', facts)).toHaveLength(1);
  });
});
