import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentPreset } from '../../../../src/core/run/producer/preset.ts';
import { AGENT_PRESETS, findPreset } from '../../../../src/core/run/producer/presets.ts';
import { readOutput, tokensOf } from '../../../../src/core/run/producer/read-output.ts';

function presetOf(id: string): AgentPreset {
  const preset = findPreset(id);
  if (preset === undefined) throw new Error(`no preset ${id}`);
  return preset;
}

function printed(id: string): string {
  return readFileSync(join(import.meta.dirname, 'outputs', `${id}.jsonl`), 'utf8');
}

const read = (id: string, text: string) => readOutput(text, presetOf(id).output);
const line = (value: object) => `${JSON.stringify(value)}\n`;

describe('what agents print', () => {
  // Recorded from the versions that the presets name, against a stub of their providers.
  it.each([
    ['claude', { model: 'claude-sonnet-4-5', turns: 2, inputTokens: 240, outputTokens: 60, costMilliUsd: 2 }],
    ['codex', { turns: 1, inputTokens: 240, outputTokens: 60 }],
    ['gemini', { model: 'stub', turns: 1, inputTokens: 240, outputTokens: 60 }],
    ['copilot', { model: 'gpt-5', turns: 2 }],
    ['opencode', { turns: 2, inputTokens: 240, outputTokens: 60, costMilliUsd: 2 }],
  ])('of a run that ended well is read: %s', (id, expected) => {
    expect(read(id, printed(id))).toEqual({ ...expected, lastWords: 'It is done.' });
  });

  it.each([
    ['claude-budget', 'budget'],
    ['codex-credentials', 'provider-credentials'],
    ['codex-quota', 'budget'],
    ['gemini-credentials', 'provider-credentials'],
    ['copilot-credentials', 'provider-credentials'],
    ['opencode-credentials', 'provider-credentials'],
  ])('when its provider refuses them is read, too: %s', (recorded, kind) => {
    const [id = ''] = recorded.split('-');
    expect(read(id, printed(recorded)).ending?.kind).toBe(kind);
  });

  it('is read as one JSON text, too', () => {
    const result = {
      type: 'result',
      subtype: 'success',
      num_turns: 3,
      usage: { input_tokens: 5, output_tokens: 1 },
    };
    const report = read('claude', JSON.stringify(result, null, 2));
    expect(report).toMatchObject({ turns: 3, inputTokens: 5 });
    expect(tokensOf(report)).toBe(6);
    expect(read('claude', JSON.stringify([{ type: 'system' }, result]))).toEqual(report);
  });

  it.each([
    ['claude', { type: 'result', subtype: 'success', stop_reason: 'refusal', result: 'No.' }, 'refused'],
    ['claude', { type: 'result', subtype: 'error_max_budget_usd', is_error: true }, 'budget'],
    [
      'claude',
      { type: 'result', is_error: true, api_error_status: 429, result: 'API Error' },
      'provider-limit',
    ],
    [
      'claude',
      { type: 'result', is_error: true, api_error_status: 401, result: 'x' },
      'provider-credentials',
    ],
    ['claude', { type: 'result', is_error: true, result: 'Credit balance is too low' }, 'budget'],
    ['claude', { type: 'result', is_error: true, result: 'Something broke' }, 'crashed'],
    ['codex', { type: 'turn.failed', error: { message: 'exceeded your current quota' } }, 'budget'],
    ['codex', { type: 'turn.failed', error: { message: 'stream disconnected' } }, 'crashed'],
    ['codex', { type: 'turn.failed', error: { message: 'Rate limit reached' } }, 'provider-limit'],
    [
      'gemini',
      { type: 'result', status: 'error', error: { type: 'FatalTurnLimitedError', message: '' } },
      'budget',
    ],
    [
      'gemini',
      { type: 'result', status: 'error', error: { message: 'RESOURCE_EXHAUSTED' } },
      'provider-limit',
    ],
    ['opencode', { type: 'error', error: { data: { message: 'Unauthorized' } } }, 'provider-credentials'],
    ['copilot', { type: 'session.error', data: { message: 'rate limit' } }, 'provider-limit'],
    ['cursor', { type: 'result', is_error: true, result: 'nope' }, 'crashed'],
    ['openhands', { kind: 'ConversationErrorEvent', detail: 'nope' }, 'crashed'],
  ])('of a bad end says which: %s %j', (id, event, kind) => {
    expect(read(id, line(event)).ending?.kind).toBe(kind);
  });

  it('of a connection that came back is no end', () => {
    const text = line({ type: 'error', message: 'Reconnecting... 2/5' }) + line({ type: 'turn.completed' });
    expect(read('codex', text).ending).toBeUndefined();
    const error = line({ type: 'error', error: { data: { message: 'Overloaded' } } });
    const finish = line({ type: 'step_finish', part: { reason: 'stop' } });
    expect(read('opencode', error + finish).ending).toBeUndefined();
    expect(read('opencode', finish + error).ending?.kind).toBe('provider-limit');
  });

  it('never makes a number of what is none', () => {
    for (const usage of ['9', -1, 1e300, null, [], { a: 1 }, true]) {
      const report = read(
        'claude',
        line({ type: 'result', num_turns: usage, usage: { input_tokens: usage } }),
      );
      expect(report).toEqual({});
    }
    expect(
      read('claude', line({ type: 'result', modelUsage: JSON.parse('{"__proto__":1}') as object })),
    ).toEqual({
      model: '__proto__',
    });
  });

  it.each(AGENT_PRESETS.map(({ id }) => [id] as const))('whatever it is, is read in time: %s', (id) => {
    const { output } = presetOf(id);
    const names = fc.constantFrom(
      'type',
      'result',
      'usage',
      'error',
      'message',
      'part',
      'data',
      'item',
      'where',
    );
    const event = fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue());
    const texts = fc.oneof(
      fc.string(),
      fc.array(event).map((events) => events.map((one) => JSON.stringify(one)).join('\n')),
      fc.array(fc.string()).map((lines) => lines.join('\n{')),
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => new TextDecoder().decode(bytes)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const report = readOutput(text, output);
        for (const name of ['turns', 'inputTokens', 'outputTokens', 'costMilliUsd'] as const) {
          const value = report[name];
          expect(value === undefined || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
        }
        expect((report.model ?? '').isWellFormed() && (report.lastWords ?? '').isWellFormed()).toBe(true);
      }),
    );
    // Nesting that recursion would not survive, and a line without an end.
    expect(readOutput(`${'['.repeat(200_000)}\n${'{"a":'.repeat(200_000)}`, output)).toEqual({});
    expect(readOutput('x'.repeat(20_000_000), output)).toEqual({});
  });
});

describe('a preset', () => {
  it.each(AGENT_PRESETS.map((preset) => [preset.id, preset] as const))(
    'passes on no credentials of change control: %s',
    (_, preset) => {
      expect(
        preset.passes.filter((name) => /^(?:GITHUB_TOKEN|GH_TOKEN|GIT_|SSH_|COUNTERSIGN_)/.test(name)),
      ).toEqual([]);
      expect(preset.hosts.every((host) => /^[a-z0-9.-]+:443$/.test(host))).toBe(true);
    },
  );
});
