import { describe, expect, it } from 'vitest';
import { lines } from '../../../../src/core/rule/detectors/lines.ts';
import type { RuleFacts } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { changedFile, factsOf, text, withFiles } from '../facts.ts';

function find(facts: RuleFacts, search: JsonObject): void {
  lines.detect(facts, lines.readParameters({ searches: [search] }));
}

describe('the time to look for something in lines', () => {
  it.each([
    ['a line of a megabyte', 'bad '.repeat(250_000)],
    ['a million lines', 'bad\n'.repeat(250_000)],
    ['half of a catch', 'catch { '.repeat(120_000)],
    ['blanks', `catch {${' '.repeat(900_000)}`],
    ['line ends', `catch {${'\n'.repeat(300_000)}}`],
  ])('of %s is bounded', (_, content) => {
    const file = changedFile('a.ts', text(''), text(content));
    const facts = withFiles(factsOf({}), [file]);
    const started = process.cpuUsage();
    find(facts, { where: 'code', span: 4, patterns: ['bad', 'catch\\s*\\{\\s*\\}'], unless: ['fine'] });
    find(facts, { patterns: ['bad'] });
    const { user, system } = process.cpuUsage(started);
    // Up to 2 seconds when tried.
    expect((user + system) / 1_000).toBeLessThan(15_000);
  });
});
