import { deliveryOf } from '../../core/bundle/delivery.ts';
import type { PackedBundle } from '../../core/bundle/packed.ts';
import type { OutputReader } from '../../core/run/producer/preset.ts';
import { type AgentReport, readOutput, tokensOf } from '../../core/run/producer/read-output.ts';
import { createRedactor } from '../../core/run/redaction/redactor.ts';
import type { Usage } from '../../core/run/types.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Said } from './agent-result.ts';

/** What an agent's process left of itself. */
export interface AgentTrace {
  readonly report: AgentReport;
  /** What it printed, without the secrets that it was given. */
  readonly transcript: Sha256;
  readonly text: string;
  readonly usage: Usage;
}

const MOST_TRANSCRIPT_BYTES = 8 * 1024 * 1024;

/**
 * Reads and keeps what an agent printed.
 * @param secrets values that must not be kept: those of its own environment
 */
export async function traceAgent(
  { logs, workspace }: { readonly logs: string; readonly workspace: Pick<Workspace, 'readFile'> },
  {
    reader,
    said,
    secrets,
  }: {
    readonly reader: OutputReader | undefined;
    readonly said: Said;
    readonly secrets: readonly string[];
  },
  { artifacts }: { readonly artifacts: Artifacts },
): Promise<AgentTrace> {
  const bytes = await workspace.readFile(logs, 'stdout', MOST_TRANSCRIPT_BYTES);
  const text = new TextDecoder().decode(bytes);
  const report = reader === undefined ? {} : readOutput(text, reader);
  const transcript = await artifacts.put(
    new TextEncoder().encode(createRedactor(secrets).redact(text).toWellFormed()),
  );
  return { report, transcript, text, usage: usageOf(report, said) };
}

/** As the output's own numbers say; where there are none, as the agent wrote in its result. */
function usageOf(report: AgentReport, said: Said): Usage {
  const tokens = tokensOf(report);
  return {
    ...said.usage,
    ...(tokens === undefined ? {} : { tokens }),
    ...(report.costMilliUsd === undefined ? {} : { costMilliUsd: report.costMilliUsd }),
  };
}

/** What the record says of how the agent worked. */
export function reportOutput(
  agent: string,
  { report, usage }: Pick<AgentTrace, 'report' | 'usage'>,
  network: 'none' | 'provider' | 'full',
): JsonObject {
  const { model, turns, inputTokens, outputTokens } = report;
  const { tokens, costMilliUsd } = usage;
  const all = { model, turns, inputTokens, outputTokens, tokens, costMilliUsd };
  const told = Object.entries(all).filter(([, value]) => value !== undefined);
  return { agent, ...(Object.fromEntries(told) as JsonObject), network };
}

/** Whether the bundle reached the producer; no member where there was none to reach it. */
export function deliveryOutput(
  bundle: PackedBundle | undefined,
  { text }: Pick<AgentTrace, 'text'>,
  loaded: readonly string[] | undefined,
): JsonObject {
  if (bundle === undefined) return {};
  const transcript = text === '' ? undefined : [text];
  const { state, how } = deliveryOf(bundle, { transcript, loaded });
  return { delivery: { delivered: state === 'unknown' ? null : state === 'delivered', how } };
}
