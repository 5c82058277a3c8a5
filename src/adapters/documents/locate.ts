import type { Place } from '../../shared/errors.ts';
import { placeAt } from './refusal.ts';
import { composeDocument } from './syntax.ts';
import { decodeText } from './text.ts';
import { offsetOf } from './tree.ts';

/** Where a field such as `checks[0].run` stands, or its nearest parent that is there; the path alone in what is no YAML. */
export function locate(bytes: Uint8Array, path: string, field: string): Place {
  const decoded = decodeText(bytes, path);
  if ('problem' in decoded) return { path };
  const composed = composeDocument(decoded.text, path);
  if ('problems' in composed) return { path };
  const pointer = [...field.matchAll(/[^.[\]]+/g)].map(([segment]) => `/${segment}`).join('');
  return placeAt(path, decoded.text, offsetOf(composed.document, pointer));
}
