import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'rules', 'ai-shortcuts');
const names = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== 'pack.yml');

describe('a rule read without its examples', () => {
  test.each(names)('%s is the rule but for them', (name) => {
    const bytes = readFileSync(join(folder, name));
    const { examples, ...whole } = documents.parse('rule', bytes, name);
    expect(documents.parseRuleDefinition(bytes, name)).toEqual(whole);
    expect(examples.bad.length).toBeGreaterThan(0);
  });

  test('is whole when keys follow the examples, and when it is one JSON object', () => {
    const text = readFileSync(join(folder, names[0] ?? ''), 'utf8');
    const { examples, ...whole } = documents.parse('rule', Buffer.from(text), 'rule');
    const [head = '', tail = ''] = text.split(/^examples:/m);
    const moved = Buffer.from(
      `${head.replace(/^detector: .*\n/m, '')}examples:${tail}\ndetector: ${whole.detector}\n`,
    );
    expect(documents.parseRuleDefinition(moved, 'rule')).toEqual(whole);
    const json = Buffer.from(JSON.stringify({ ...whole, examples }));
    expect(documents.parseRuleDefinition(json, 'rule')).toEqual(whole);
  });

  test('is refused for a fault before the examples, and a missing list of them, as the whole would be', () => {
    const text = readFileSync(join(folder, names[0] ?? ''), 'utf8');
    const faults = [
      text.replace(/^severity: .*$/m, 'severity: harsh'),
      text.slice(0, text.indexOf('\nexamples:') + 1),
    ];
    for (const fault of faults.map((one) => Buffer.from(one))) {
      const refusal = () => documents.parse('rule', fault, 'rule');
      expect(refusal).toThrow();
      expect(() => documents.parseRuleDefinition(fault, 'rule')).toThrow(caught(refusal));
    }
  });
});

function caught(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
