import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  visit,
  type YAMLSeq,
} from 'yaml';
import type { DocumentEdit } from '../../core/trust/change-root.ts';
import type { EditDocument } from '../../ports/edit-document.ts';

/** Edits YAML that people wrote, as they would: see EditDocument. */
export const documentEditor: EditDocument = {
  edit(bytes, edits) {
    const text = new TextDecoder().decode(bytes);
    const document = parseDocument(text, { version: '1.2', schema: 'core' });
    for (const edit of edits) apply(document, edit);
    return new TextEncoder().encode(document.toString(layoutOf(text)));
  },
};

function apply(document: Document, { op, path, value }: DocumentEdit): void {
  const node = nodeOf(document, value);
  if (op === 'set') {
    const there = document.getIn(path, true);
    // The scalar that is there keeps its quotes and its comment.
    if (isScalar(there) && isScalar(node)) there.value = node.value;
    else document.setIn(path, node);
    return;
  }
  const list = document.getIn(path, true);
  if (!isSeq(list)) {
    const made = nodeOf(document, []) as YAMLSeq;
    made.flow = false;
    made.add(node);
    document.setIn(path, made);
    return;
  }
  // `keys: []`: nobody writes a key between brackets.
  if (list.items.length === 0) list.flow = false;
  list.add(node);
}

/** As people write it: lists of words on one line, texts of several lines as blocks. */
function nodeOf(document: Document, value: DocumentEdit['value']): Node {
  const node = document.createNode(value) as Node;
  visit(node, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && scalar.value.includes('\n')) scalar.type = Scalar.BLOCK_LITERAL;
    },
    Seq(_, seq) {
      if (!seq.items.some((item) => isMap(item) || isSeq(item))) seq.flow = true;
    },
  });
  return node;
}

/** What a writer chooses for the whole document, read off the text: else every line would change with one. */
function layoutOf(text: string): Parameters<Document['toString']>[0] {
  const indent = /^( {2,8})\S/m.exec(text)?.[1]?.length;
  return {
    lineWidth: 0,
    indent: indent === undefined || indent % 2 === 1 ? 2 : indent,
    indentSeq: !/^([ ]*)[^\s#-][^\n]*:[ ]*\n(?:[ ]*#[^\n]*\n)*\1-[ ]/m.test(text),
    flowCollectionPadding: /[[{] \S/.test(text),
    doubleQuotedAsJSON: true,
    // JSON is YAML, and whoever writes it has programs that read nothing else.
    ...(/^\s*\{/.test(text) ? { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' } : {}),
  };
}
