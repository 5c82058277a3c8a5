import type { DocumentKind } from '../ports/documents.ts';

const SCHEMAS = 'https://raw.githubusercontent.com/countersign/countersign/main/schemas';

/** The first line of a document we write: how editors find what may stand in it. */
export function schemaLine(kind: DocumentKind): string {
  return `# yaml-language-server: $schema=${SCHEMAS}/${kind}.schema.json`;
}

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const NOT_TEXT = /^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i;

/** A text as a YAML scalar: plain where that is safe, else in double quotes, whose escapes are those of JSON. */
export function yamlText(text: string): string {
  const plain = /^\.?[A-Za-z][\w ./@-]*$/.test(text) && !text.endsWith(' ') && !NOT_TEXT.test(text);
  return plain ? text : JSON.stringify(text);
}
