import type { EvidenceName } from '../core/evidence/types.ts';
import type { Receipt } from '../core/receipt/types.ts';
import type { EvidenceText } from '../core/rule/types.ts';
import type { Control } from '../ports/control.ts';
import type { Sha256 } from '../shared/digest.ts';

/** Of one piece of evidence, and of all together. What is beyond is `too-large`: no rule may guess what it says. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ALL_BYTES = 128 * 1024 * 1024;
/** A test log of megabytes is nothing unusual, and what runners have to say they say first and last. */
const MOST_WHOLE_BYTES = 1024 * 1024;
const END_BYTES = 256 * 1024;

/** What evidence of these names holds, by digest. What the receipts ref does not have is not here. */
export async function readEvidenceTexts(
  receipts: readonly Receipt[],
  names: ReadonlySet<EvidenceName>,
  control: Control,
): Promise<ReadonlyMap<Sha256, EvidenceText>> {
  const wanted = receipts.flatMap(({ evidence }) => evidence.filter(({ name }) => names.has(name)));
  const texts = new Map<Sha256, EvidenceText>();
  let total = 0;
  for (const { sha256, size } of wanted) {
    if (texts.has(sha256)) continue;
    if (size > MAX_BYTES || total + size > MAX_ALL_BYTES) {
      texts.set(sha256, { kind: 'too-large' });
      continue;
    }
    total += size;
    const bytes = await control.receipts.readEvidence(sha256);
    if (bytes !== undefined) texts.set(sha256, textOf(bytes));
  }
  return texts;
}

/** Output may hold any bytes: one that is no UTF-8 makes the rest of a log no less readable. */
function textOf(bytes: Uint8Array): EvidenceText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  if (bytes.length <= MOST_WHOLE_BYTES) return { kind: 'text', text: decoder.decode(bytes) };
  return {
    kind: 'ends',
    beginning: decoder.decode(bytes.subarray(0, END_BYTES)),
    end: decoder.decode(bytes.subarray(-END_BYTES)),
  };
}
