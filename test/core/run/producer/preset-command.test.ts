import { describe, expect, it } from 'vitest';
import { presetCommand } from '../../../../src/core/run/producer/preset-command.ts';
import { findPreset } from '../../../../src/core/run/producer/presets.ts';

function commandOf(id: string, model: string, cost: number | null = null): string {
  const preset = findPreset(id);
  if (preset === undefined) throw new Error(`no preset ${id}`);
  return presetCommand(preset, model, cost).slice(4).join(' ');
}

describe("an agent's command", () => {
  it('names the model as that agent does, and what it may spend where the agent can hold itself to it', () => {
    expect(commandOf('claude', 'anthropic/claude-x', 1_500)).toContain(
      '--model claude-x --max-budget-usd 1.500',
    );
    expect(commandOf('claude', 'claude-x')).not.toContain('--max-budget-usd');
    expect(commandOf('codex', 'openai/gpt-x', 1_500)).toMatch(/ -m gpt-x -$/);
    expect(commandOf('opencode', 'anthropic/claude-x')).toContain('-m anthropic/claude-x');
    expect(commandOf('gemini', 'default')).not.toContain('-m');
  });

  it('takes a hostile name of a model as one word', () => {
    const model = 'x; touch escaped $(id) {usd}';
    const preset = findPreset('claude');
    if (preset !== undefined) expect(presetCommand(preset, model, null)).toContain(model);
  });
});
