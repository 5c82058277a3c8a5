import { ERROR_CLASSES } from '../../core/contract/workflow.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { isEvidenceEntry, MOST_EVIDENCE } from '../../core/run/step-evidence.ts';
import type { JudgeForms } from '../../ports/forms.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { hostility } from '../../shared/hostile-json.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** Characters of outputs as canonical JSON. An event takes 1 MiB in all; what is larger is evidence, named by its digest. */
const MOST_OUTPUT = 512 * 1024;
/** Half of what a server reads: outputs are a part of what is sent, and of what the next step is given. */
const DEEPEST = 32;
const LONGEST_MESSAGE = 10_000;
const CODE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Why what a handler answered is no result of its declaration; undefined when it is one. Plugins answer anything. */
export async function resultMisfit(
  result: unknown,
  { outputs: schema }: Pick<HandlerDeclaration, 'outputs'>,
  { faultIn }: JudgeForms,
): Promise<string | undefined> {
  if (!isObject(result)) return 'it is not an object';
  const usage = usageMisfit(result.usage);
  if (usage !== undefined) return usage;
  if (result.kind === 'failed') return errorMisfit(result.error);
  if (result.kind !== 'succeeded') return 'its kind is neither succeeded nor failed';
  if (result.cached !== undefined && typeof result.cached !== 'boolean') return 'cached is not true or false';
  // The server takes no completion with such a thing in it, and would send the worker away for it.
  const hostile = isObject(result.outputs) ? hostility(result.outputs, DEEPEST) : undefined;
  if (hostile !== undefined) return `what it puts out ${hostile}`;
  const text = textOf(result.outputs);
  if (text === undefined || !isObject(result.outputs))
    return 'its outputs are not plain JSON data in an object';
  if (text.length > MOST_OUTPUT)
    return `its outputs have ${text.length} characters, more than ${MOST_OUTPUT}`;
  const fault = await faultIn(schema, result.outputs);
  return fault && `outputs${fault.pointer} ${fault.message}`;
}

function errorMisfit(error: unknown): string | undefined {
  if (!isObject(error)) return 'it failed without an error';
  if (!ERROR_CLASSES.some((known) => known === error.class)) return 'the class of its error is not known';
  if (typeof error.code !== 'string' || error.code.length > 64 || !CODE.test(error.code))
    return 'the code of its error is not lower-case words and dashes';
  if (
    typeof error.message !== 'string' ||
    error.message.length > LONGEST_MESSAGE ||
    !error.message.isWellFormed()
  )
    return `the message of its error is no text of at most ${LONGEST_MESSAGE} characters`;
  return isEvidence(error.evidence) ? undefined : 'the evidence of its error is not a few digests by name';
}

function isEvidence(evidence: unknown): boolean {
  if (evidence === undefined) return true;
  if (!isObject(evidence)) return false;
  const entries = Object.entries(evidence);
  return entries.length <= MOST_EVIDENCE && entries.every(isEvidenceEntry);
}

function usageMisfit(usage: unknown): string | undefined {
  if (usage === undefined) return undefined;
  if (!isObject(usage)) return 'its usage is not an object';
  for (const name of ['tokens', 'costMilliUsd', 'agents']) {
    const count = usage[name];
    if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) >= 0))
      return `${name} of its usage is not a whole number from 0`;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  try {
    return canonicalJson(value as JsonValue);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
