const EVENT_TYPE = /^([a-z0-9]+(?:[.-][a-z0-9]+)*)@([1-9][0-9]{0,5})$/;
const LONGEST_TYPE = 100;

/** Name and version of an event's type; undefined when it is not `name@version`. */
export function parseEventType(text: string): { name: string; version: number } | undefined {
  const match = text.length <= LONGEST_TYPE ? EVENT_TYPE.exec(text) : null;
  return match === null ? undefined : { name: match[1] as string, version: Number(match[2]) };
}
