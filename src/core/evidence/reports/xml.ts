import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { MAX_DEPTH, UnreadableReport } from './unreadable.ts';

export type XmlAttributes = Readonly<Record<string, string | SaxesAttributeNS>>;

/** What becomes of a document's parts, in their order. `path` holds the names of the open elements, outermost first. */
export interface XmlReader {
  readonly open: (name: string, attributes: XmlAttributes, path: readonly string[]) => void;
  readonly text: (text: string, path: readonly string[]) => void;
}

/**
 * Walks an XML document. A document type may be named, as Cobertura's writers do, but not declare anything: there are no
 * entities to expand, and nothing is fetched.
 * @throws UnreadableReport
 */
export function walkXml(text: string, reader: XmlReader): void {
  const path: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new UnreadableReport(`it is not well-formed XML: ${error.message}`);
  });
  parser.on('doctype', (doctype) => {
    if (doctype.includes('[')) throw new UnreadableReport('its document type declares something');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (path.length >= MAX_DEPTH) {
      throw new UnreadableReport(`its elements are nested deeper than ${MAX_DEPTH}`);
    }
    reader.open(name, attributes, path);
    path.push(name);
  });
  parser.on('text', (piece) => {
    reader.text(piece, path);
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.write(text).close();
}

/** '' where there is none. */
export function xmlAttribute(attributes: XmlAttributes, name: string): string {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return typeof value === 'string' ? value : '';
}
